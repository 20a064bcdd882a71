"""The words a curated case may use for kinds, outcomes and roles: notations of the schemes
and local names of the ontology's classes. `tests/mapping/test_case.py` holds them to both."""

from __future__ import annotations

from typing import Final

DECISION_KINDS: Final = (
    "FormalNotice", "FormalNoticeClosure", "WarningDecision", "ReprimandDecision", "SanctionDecision",
    "SimplifiedSanctionDecision", "InjunctionDecision", "InjunctionClosure", "PenaltyLiquidationDecision",
    "DismissalDecision", "SettlementDecision", "ProvisionalMeasureDecision", "DraftDecision",
    "BindingDecision",
    "UrgentBindingDecision", "RectificationDecision", "PublicityDecision", "AppealJudgment", "InterimOrder",
    "PreliminaryRuling", "DeclaratoryDecision",
)  # fmt: skip
MONETARY_KINDS: Final = (
    "AdministrativeFine", "CourtFine", "PeriodicPenalty", "LiquidatedPenalty", "CompensationAward",
    "CostsOrder",
)  # fmt: skip
MEASURE_KINDS: Final = (
    *MONETARY_KINDS, "Warning", "Reprimand", "Order", "ProcessingLimitation", "CertificationWithdrawal",
    "FlowSuspension", "PublicationMeasure",
)  # fmt: skip
FINING_KINDS: Final = ("AdministrativeFine", "CourtFine")

SOURCE_KINDS: Final = (
    "official-text", "register", "court-database", "press-release", "tracker", "wiki", "news",
    "legal-commentary", "party-statement", "foi",
)  # fmt: skip
PARTY_ROLES: Final = (
    "controller", "joint-controller", "processor", "representative", "certification-body", "monitoring-body",
    "individual", "intervener", "mandated-body",
)  # fmt: skip
TRIGGERS: Final = (
    "complaint", "collective-complaint", "breach-notification", "own-initiative", "media", "referral",
    "follow-up",
    "sweep", "investigation",
)  # fmt: skip
TRIGGER_CLASSES: Final = {
    "complaint": "Complaint", "collective-complaint": "Complaint",
    "breach-notification": "BreachNotification",
    "referral": "Referral",
}  # fmt: skip
FINDING_OUTCOMES: Final = (
    "infringement-established", "no-infringement", "partially-established", "not-examined",
    "out-of-competence",
    "inadmissible", "withdrawn", "set-aside", "alleged",
)  # fmt: skip
ESTABLISHED: Final = "infringement-established"
DECISION_OUTCOMES: Final = (
    "violation-found", "no-violation", "upheld", "partly-upheld", "rejected", "no-further-action", "other",
)  # fmt: skip
MEASURE_STAGES: Final = ("recommended", "proposed", "intended", "imposed", "annulled", "unknown")
MEASURE_STATUSES: Final = (
    "pending", "in-force", "complied", "overdue", "liquidated", "paid", "in-collection", "waived", "stayed",
    "annulled", "time-barred",
)  # fmt: skip
JUDICIAL_EFFECTS: Final = (
    "upheld", "annulled", "partly-annulled", "reduced", "increased", "remitted", "stayed", "inadmissible",
    "withdrawn", "quashed-procedural", "referred-to-CJEU",
)  # fmt: skip
POWERS: Final = (
    *(f"gdpr-58-2/{letter}" for letter in "abcdefghij"),
    *(f"gdpr-58-1/{letter}" for letter in "abcdef"),
    "national-power/periodic-penalty", "national-power/formal-notice", "national-power/publication",
    "national-power/penalty-liquidation", "national-power/bcr-suspension", "national-power/undertakings",
    "national-power/criminal-referral",
)  # fmt: skip
RECORD_SOURCES: Final = ("enforcementtracker", "gdprhub", "privacyaffairs")
CLAIM_STANCES: Final = ("asserts", "disputes", "accepts", "qualifies", "neutral", "no-comment")
DISCREPANCY_KINDS: Final = (
    "amount", "appeal", "authority", "currency", "date", "decision-kind", "measure-kind", "measure-stage",
    "missing-value", "official-number", "other", "outcome", "party", "provision",
)  # fmt: skip
PROPERTIES: Final = (
    "decisionDate", "publishedDate", "notifiedDate", "officialNumber", "issuedBy", "hasRespondent",
    "concernsProvision", "hasFinding", "hasMeasure", "amount", "dailyAmount", "measureStage", "measureStatus",
    "hasEffect", "effectType", "resultingAmount", "triggerKind", "decisionOutcome", "appealStatus",
    "daysLate",
    "infringementType", "type", "statedAsMaximumUnder", "sanctionsFinding", "basedOnRecord",
    "liquidates", "attributedTo",
)  # fmt: skip
PROCEDURE_STEPS: Final = (
    "announcement", "collection-status", "hearing", "information-request", "inspection", "notice-of-intent",
    "rapporteur-designated", "report-notified", "response-deadline-missed",
)  # fmt: skip
