"use strict";
// Conveniences only: every function of the page works without this file.
for (const area of document.querySelectorAll("textarea[name=query]")) {
  area.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      area.form.requestSubmit();
    }
  });
}
for (const picker of document.querySelectorAll("select[name=example]")) {
  picker.addEventListener("change", () => picker.value && picker.form.requestSubmit());
}
