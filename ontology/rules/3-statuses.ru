# The status of each decision and measure on the day given (enf:currentStatus): the first rule that
# fits gives it. What no rule fits has no status: whether a decision is final or a fine was collected
# is not known from judgments.

PREFIX effect: <https://w3id.org/enforcement-kg/scheme/judicial-effect/>
PREFIX enf: <https://w3id.org/enforcement-kg/ontology#>
PREFIX run: <urn:kg:rules#>
PREFIX stage: <https://w3id.org/enforcement-kg/scheme/measure-stage/>
PREFIX decision-status: <https://w3id.org/enforcement-kg/scheme/decision-status/>
PREFIX measure-status: <https://w3id.org/enforcement-kg/scheme/measure-status/>

# Which judgments bear on which decision, as a whole or through a measure or finding of it.
INSERT { GRAPH <urn:kg:rules> { ?effect run:bears_on ?decision ; run:part ?part ; run:day ?judged ; run:in ?judgment } }
WHERE {
  GRAPH <urn:kg:rules> { ?judgment run:stands ?stands }
  ?judgment enf:hasEffect ?effect ; enf:decisionDateLatest ?judged .
  ?effect enf:effectOn ?object .
  { ?object a enf:Decision BIND(?object AS ?decision) BIND(false AS ?part) }
  UNION { ?decision enf:hasMeasure ?object BIND(true AS ?part) }
  UNION { ?decision enf:hasFinding ?object BIND(true AS ?part) }
} ;

# Decisions: annulled as a whole.
INSERT { GRAPH <urn:kg:derived> { ?decision enf:currentStatus decision-status:annulled } }
WHERE {
  GRAPH <urn:kg:rules> { ?effect run:bears_on ?decision ; run:part false ; run:in ?judgment . ?judgment run:stands true }
  ?effect enf:effectType ?type . VALUES ?type { effect:annulled effect:quashed-procedural }
} ;

# Annulled in part, or one of its parts annulled.
INSERT { GRAPH <urn:kg:derived> { ?decision enf:currentStatus decision-status:partly-annulled } }
WHERE {
  GRAPH <urn:kg:rules> { ?effect run:bears_on ?decision ; run:part ?part ; run:in ?judgment . ?judgment run:stands true }
  ?effect enf:effectType ?type . VALUES ?type { effect:partly-annulled effect:annulled effect:quashed-procedural }
  FILTER NOT EXISTS { GRAPH <urn:kg:derived> { ?decision enf:currentStatus ?status } }
} ;

# Its measure reduced.
INSERT { GRAPH <urn:kg:derived> { ?decision enf:currentStatus decision-status:reduced } }
WHERE {
  GRAPH <urn:kg:rules> { ?effect run:bears_on ?decision ; run:in ?judgment . ?judgment run:stands true }
  ?effect enf:effectType effect:reduced
  FILTER NOT EXISTS { GRAPH <urn:kg:derived> { ?decision enf:currentStatus ?status } }
} ;

# Stayed, and no judgment since.
INSERT { GRAPH <urn:kg:derived> { ?decision enf:currentStatus decision-status:stayed } }
WHERE {
  GRAPH <urn:kg:rules> { ?effect run:bears_on ?decision ; run:day ?judged ; run:in ?judgment . ?judgment run:stands true }
  ?effect enf:effectType effect:stayed
  FILTER NOT EXISTS { GRAPH <urn:kg:rules> { ?other run:bears_on ?decision ; run:day ?later } FILTER(?later > ?judged) }
  FILTER NOT EXISTS { GRAPH <urn:kg:derived> { ?decision enf:currentStatus ?status } }
} ;

# Under appeal: every judgment on it was itself annulled; or questions about it are before the Court of
# Justice; or an appeal was lodged that no decision has concluded.
INSERT { GRAPH <urn:kg:derived> { ?decision enf:currentStatus decision-status:under-appeal } }
WHERE {
  {
    GRAPH <urn:kg:rules> { ?undone run:bears_on ?decision ; run:in ?judgment . ?judgment run:stands false }
    FILTER NOT EXISTS {
      GRAPH <urn:kg:rules> { ?effect run:bears_on ?decision ; run:in ?standing . ?standing run:stands true }
    }
  } UNION {
    GRAPH <urn:kg:rules> { ?effect run:bears_on ?decision ; run:day ?judged ; run:in ?judgment . ?judgment run:stands true }
    ?effect enf:effectType effect:referred-to-CJEU
    FILTER NOT EXISTS { GRAPH <urn:kg:rules> { ?other run:bears_on ?decision ; run:day ?later } FILTER(?later > ?judged) }
  } UNION {
    GRAPH <urn:kg:rules> { <urn:kg:rules> enf:retrievedOn ?as_of }
    ?appeal enf:appeals ?decision ; enf:lodgedDateLatest ?lodged FILTER(?lodged <= ?as_of)
    FILTER NOT EXISTS { ?appeal enf:concludedBy/enf:decisionDateLatest ?concluded FILTER(?concluded <= ?as_of) }
  }
  FILTER NOT EXISTS { GRAPH <urn:kg:derived> { ?decision enf:currentStatus ?status } }
} ;

# Closed by a later decision.
INSERT { GRAPH <urn:kg:derived> { ?decision enf:currentStatus decision-status:closed } }
WHERE {
  GRAPH <urn:kg:rules> { <urn:kg:rules> enf:retrievedOn ?as_of }
  ?closure enf:closes ?decision ; enf:decisionDateLatest ?closed FILTER(?closed <= ?as_of)
  ?decision a enf:Decision
  FILTER NOT EXISTS { GRAPH <urn:kg:derived> { ?decision enf:currentStatus ?status } }
} ;

# A draft; else the last step known to be taken.
INSERT { GRAPH <urn:kg:derived> { ?decision enf:currentStatus ?reached } }
WHERE {
  GRAPH <urn:kg:rules> { <urn:kg:rules> enf:retrievedOn ?as_of }
  ?decision a enf:Decision ; enf:decisionDateLatest ?decided FILTER(?decided <= ?as_of)
  FILTER NOT EXISTS { GRAPH <urn:kg:derived> { ?decision enf:currentStatus ?status } }
  BIND(IF(EXISTS { ?decision a enf:DraftDecision }, decision-status:draft,
    IF(EXISTS { ?decision enf:publishedDateLatest ?published FILTER(?published <= ?as_of) }, decision-status:published,
    IF(EXISTS { ?decision enf:notifiedDateLatest ?notified FILTER(?notified <= ?as_of) }, decision-status:notified,
      decision-status:adopted))) AS ?reached)
} ;

# Measures: annulled.
INSERT { GRAPH <urn:kg:derived> { ?measure enf:currentStatus measure-status:annulled } }
WHERE {
  GRAPH <urn:kg:rules> { ?effect run:decides ?measure }
  ?measure enf:measureStage stage:imposed .
  ?effect enf:effectType ?type . VALUES ?type { effect:annulled effect:quashed-procedural }
} ;

# Stayed, and no judgment since on it or its decision.
INSERT { GRAPH <urn:kg:derived> { ?measure enf:currentStatus measure-status:stayed } }
WHERE {
  ?decision enf:hasMeasure ?measure . ?measure enf:measureStage stage:imposed .
  GRAPH <urn:kg:rules> { ?effect run:bears_on ?decision ; run:day ?judged ; run:in ?judgment . ?judgment run:stands true }
  ?effect enf:effectType effect:stayed ; enf:effectOn ?object FILTER(?object = ?measure || ?object = ?decision)
  FILTER NOT EXISTS { GRAPH <urn:kg:rules> { ?other run:bears_on ?decision ; run:day ?later } FILTER(?later > ?judged) }
  FILTER NOT EXISTS { GRAPH <urn:kg:derived> { ?measure enf:currentStatus ?status } }
} ;

# Paid; liquidated; else what the decision's source states.
INSERT { GRAPH <urn:kg:derived> { ?measure enf:currentStatus measure-status:paid } }
WHERE {
  GRAPH <urn:kg:rules> { <urn:kg:rules> enf:retrievedOn ?as_of }
  ?measure enf:measureStage stage:imposed ; enf:paidDateLatest ?paid FILTER(?paid <= ?as_of)
  FILTER NOT EXISTS { GRAPH <urn:kg:derived> { ?measure enf:currentStatus ?status } }
} ;

INSERT { GRAPH <urn:kg:derived> { ?measure enf:currentStatus measure-status:liquidated } }
WHERE {
  GRAPH <urn:kg:rules> { <urn:kg:rules> enf:retrievedOn ?as_of }
  ?liquidation enf:liquidates ?measure .
  ?by enf:hasMeasure ?liquidation ; enf:decisionDateLatest ?liquidated FILTER(?liquidated <= ?as_of)
  FILTER NOT EXISTS { GRAPH <urn:kg:derived> { ?measure enf:currentStatus ?status } }
} ;

INSERT { GRAPH <urn:kg:derived> { ?measure enf:currentStatus ?stated } }
WHERE {
  GRAPH <urn:kg:rules> { <urn:kg:rules> enf:retrievedOn ?as_of }
  ?by enf:hasMeasure ?measure ; enf:decisionDateLatest ?decided FILTER(?decided <= ?as_of)
  ?measure enf:measureStage stage:imposed ; enf:measureStatus ?stated
  FILTER NOT EXISTS { GRAPH <urn:kg:derived> { ?measure enf:currentStatus ?status } }
}
