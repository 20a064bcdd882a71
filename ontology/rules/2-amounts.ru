# What is left of each sum on the day given (enf:effectiveAmount). The sum imposed is never changed.
#
# Of the judgments that stand, the last one that annuls the measure (or its decision) or changes its sum
# decides. Annulled: nothing is left. Changed: the sum it set; if it states none, the sum left is not
# known and none is derived. Otherwise (no judgment; upheld, stayed, sent back, annulled in part): the
# sum imposed. Only for sums imposed: never for those recommended, proposed or intended, nor for periodic
# penalties and their liquidations, whose sums depend on performance.

PREFIX effect: <https://w3id.org/enforcement-kg/scheme/judicial-effect/>
PREFIX enf: <https://w3id.org/enforcement-kg/ontology#>
PREFIX run: <urn:kg:rules#>
PREFIX stage: <https://w3id.org/enforcement-kg/scheme/measure-stage/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>

# The effects that can decide, by measure.
INSERT { GRAPH <urn:kg:rules> { ?effect run:decides ?measure ; run:judged ?judged } }
WHERE {
  GRAPH <urn:kg:rules> { ?judgment run:stands true }
  ?judgment enf:hasEffect ?effect ; enf:decisionDateLatest ?judged .
  {
    ?effect enf:effectOn ?object ; enf:effectType ?type .
    VALUES ?type { effect:annulled effect:quashed-procedural }
    { ?object enf:hasMeasure ?measure } UNION { ?by enf:hasMeasure ?object BIND(?object AS ?measure) }
  } UNION {
    ?effect enf:effectOn ?measure ; enf:effectType ?type . ?by enf:hasMeasure ?measure
    VALUES ?type { effect:reduced effect:increased }
  } UNION {
    ?effect enf:effectOn ?measure ; enf:resultingAmount ?sum . ?by enf:hasMeasure ?measure
  }
} ;

# Of these the last; on one day, an annulment before a change.
DELETE { GRAPH <urn:kg:rules> { ?effect run:decides ?measure } }
WHERE {
  GRAPH <urn:kg:rules> {
    ?effect run:decides ?measure ; run:judged ?judged .
    ?other run:decides ?measure ; run:judged ?later
  }
  ?effect enf:effectType ?type .
  ?other enf:effectType ?other_type .
  FILTER(?later > ?judged || (?later = ?judged
    && ?other_type IN (effect:annulled, effect:quashed-procedural)
    && ?type NOT IN (effect:annulled, effect:quashed-procedural)))
} ;

# The sums imposed.
INSERT { GRAPH <urn:kg:rules> { ?measure run:imposed ?amount } }
WHERE {
  GRAPH <urn:kg:rules> { <urn:kg:rules> enf:retrievedOn ?as_of }
  ?decision enf:hasMeasure ?measure ; enf:decisionDateLatest ?decided FILTER(?decided <= ?as_of)
  ?measure a enf:MonetaryMeasure ; enf:measureStage stage:imposed ; enf:amount ?amount .
  MINUS { ?measure a enf:PeriodicPenalty }
  MINUS { ?measure a enf:LiquidatedPenalty }
} ;

INSERT { GRAPH <urn:kg:derived> {
  ?measure enf:effectiveAmount ?nothing .
  ?nothing a enf:MonetaryAmount ; enf:value "0"^^xsd:decimal ; enf:currency ?currency
} }
WHERE {
  GRAPH <urn:kg:rules> { ?measure run:imposed ?amount . ?effect run:decides ?measure }
  ?effect enf:effectType ?type . VALUES ?type { effect:annulled effect:quashed-procedural }
  ?amount enf:currency ?currency
  BIND(IRI(CONCAT(STR(?measure), "/effective-amount")) AS ?nothing)
} ;

INSERT { GRAPH <urn:kg:derived> { ?measure enf:effectiveAmount ?sum } }
WHERE {
  GRAPH <urn:kg:rules> { ?measure run:imposed ?amount . ?effect run:decides ?measure }
  ?effect enf:resultingAmount ?sum ; enf:effectType ?type
  FILTER(?type NOT IN (effect:annulled, effect:quashed-procedural))
} ;

INSERT { GRAPH <urn:kg:derived> { ?measure enf:effectiveAmount ?amount } }
WHERE {
  GRAPH <urn:kg:rules> { ?measure run:imposed ?amount }
  ?amount enf:value ?exact
  FILTER NOT EXISTS { GRAPH <urn:kg:rules> { ?effect run:decides ?measure } }
}
