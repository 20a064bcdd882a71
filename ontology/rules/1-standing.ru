# Which judgments stand on the day given.
#
# A judgment counts once its date (the latest possible, where only a month or year is known) has come.
# It stands unless a judgment that stands itself annulled it; an annulled judgment annuls nothing. Run
# until nothing changes: the highest judgments are settled first, then those below them. Judgments that
# annul each other in a circle stay unsettled and count for nothing.
#
# <urn:kg:rules> is a graph of the run, never stored: `enf:retrievedOn` is the day.

PREFIX effect: <https://w3id.org/enforcement-kg/scheme/judicial-effect/>
PREFIX enf: <https://w3id.org/enforcement-kg/ontology#>
PREFIX run: <urn:kg:rules#>

INSERT { GRAPH <urn:kg:rules> { ?judgment run:stands true } }
WHERE {
  GRAPH <urn:kg:rules> { <urn:kg:rules> enf:retrievedOn ?as_of }
  ?judgment enf:hasEffect ?any ; enf:decisionDateLatest ?judged FILTER(?judged <= ?as_of)
  FILTER NOT EXISTS { GRAPH <urn:kg:rules> { ?judgment run:stands ?settled } }
  FILTER NOT EXISTS {
    ?higher enf:hasEffect ?reversal ; enf:decisionDateLatest ?later FILTER(?later <= ?as_of)
    ?reversal enf:effectOn ?judgment ; enf:effectType ?reversed .
    VALUES ?reversed { effect:annulled effect:quashed-procedural }
    FILTER NOT EXISTS { GRAPH <urn:kg:rules> { ?higher run:stands false } }
  }
} ;

INSERT { GRAPH <urn:kg:rules> { ?judgment run:stands false } }
WHERE {
  GRAPH <urn:kg:rules> { ?higher run:stands true }
  ?higher enf:hasEffect ?reversal .
  ?reversal enf:effectOn ?judgment ; enf:effectType ?reversed .
  VALUES ?reversed { effect:annulled effect:quashed-procedural }
  ?judgment enf:hasEffect ?any
}
