"""The proof of what limits count: that rules gave so much, and when. Source: docs/rules/limits.md."""

from services.loyalty.tables.moves import PERSONS

# As in verify.py: none of them finds anything in a sound ledger. Customers who were merged are one person: what the
# one was given, the other may have been counted for.
LIMITS = {
    "what limits count is what the purchases' rules gave": f"""
        {PERSONS}, rules AS (
            SELECT v.program_id, v.version, v.document::jsonb ->> 'time_zone' AS zone, rule
            FROM program_versions v, jsonb_array_elements(v.document::jsonb -> 'rules') AS rule
            WHERE v.tenant_id = :tenant_id
        ), counted AS (
            SELECT program_id, version, zone, rule ->> 'id' AS rule, rule_limit ->> 'of' AS measure,
                   rule_limit ->> 'per' AS per, rule_limit ->> 'each' AS each
            FROM rules, jsonb_array_elements(rule -> 'limits') AS rule_limit WHERE rule_limit ->> 'per' <> 'sale'
            UNION
            SELECT program_id, version, zone, rule ->> 'id', 'uses', 'ever', 'customer'
            FROM rules WHERE rule ->> 'cool_down' IS NOT NULL OR rule ->> 'kind' = 'milestone'
            UNION
            SELECT program_id, version, zone, rule ->> 'id', 'uses',
                   CASE WHEN (rule ->> 'once')::bool THEN 'ever' ELSE coalesce(rule ->> 'per', 'month') END, 'customer'
            FROM rules WHERE rule ->> 'kind' = 'challenge'
            UNION
            SELECT program_id, version, zone, rule ->> 'id' || ':', 'units', coalesce(rule ->> 'per', 'month'),
                   'customer'
            FROM rules WHERE rule ->> 'kind' = 'challenge'
        ), caused AS (
            SELECT p.id, p.program_id, p.program_version, p.customer_id, p.store_id, p.occurred_at, p.effects
            FROM purchases p WHERE p.tenant_id = :tenant_id AND p.used IS NOT NULL
            UNION ALL
            SELECT a.id, a.program_id, a.program_version, a.customer_id, NULL, a.occurred_at, a.effects
            FROM activities a WHERE a.tenant_id = :tenant_id AND a.status = 'recorded'
        ), given AS (
            SELECT p.id, p.program_id, p.program_version AS version, p.customer_id, p.store_id, p.occurred_at,
                   effect ->> 'rule' AS rule, 1 AS uses,
                   sum(CASE effect ->> 'kind'
                       WHEN 'accrue' THEN (effect ->> 'amount')::bigint
                       WHEN 'give' THEN (effect ->> 'quantity')::bigint
                       WHEN 'stamp' THEN (effect ->> 'stamps')::bigint
                       WHEN 'enter_draw' THEN (effect ->> 'entries')::bigint
                       WHEN 'give_plays' THEN (effect ->> 'plays')::bigint
                       WHEN 'extend_membership' THEN (effect ->> 'bonus_months')::bigint
                       WHEN 'discount' THEN (SELECT sum((piece ->> 'quantity')::bigint)
                                             FROM jsonb_array_elements(effect -> 'pieces') AS piece)
                       ELSE 0 END) AS units,
                   sum(CASE effect ->> 'kind' WHEN 'discount' THEN (effect ->> 'amount')::bigint ELSE 0 END) AS money
            FROM caused p, jsonb_array_elements(p.effects::jsonb) AS effect
            WHERE effect ->> 'rule' IS NOT NULL AND effect ->> 'kind' <> 'advance'
            GROUP BY p.id, p.program_id, p.program_version, p.customer_id, p.store_id, p.occurred_at, effect ->> 'rule'
            UNION ALL
            SELECT p.id, p.program_id, p.program_version, p.customer_id, p.store_id, p.occurred_at,
                   step ->> 'counter', 1, (step ->> 'amount')::bigint, 0
            FROM caused p, jsonb_array_elements(p.effects::jsonb) AS effect,
                 jsonb_array_elements(effect -> 'steps') AS step
            WHERE effect ->> 'kind' = 'advance'
        ), sums AS (
            SELECT program_id, each, given.rule, measure, per,
                   CASE each WHEN 'customer' THEN coalesce(person, customer_id) WHEN 'store' THEN store_id
                             ELSE '' END AS holder,
                   CASE per WHEN 'ever' THEN date '1970-01-01'
                            ELSE date_trunc(per, occurred_at AT TIME ZONE zone)::date END AS starts_on,
                   sum(CASE measure WHEN 'uses' THEN uses WHEN 'units' THEN units ELSE money END) AS total
            FROM given JOIN counted USING (program_id, version) LEFT JOIN persons USING (customer_id)
            WHERE (each <> 'customer' OR customer_id IS NOT NULL)
              AND counted.rule = regexp_replace(given.rule, ':.*$', ':')
            GROUP BY 1, 2, 3, 4, 5, 6, 7
        )
        SELECT coalesce(t.rule, s.rule) AS subject,
               coalesce(t.measure, s.measure) || ' per ' || coalesce(t.per, s.per) || ' of '
               || coalesce(nullif(coalesce(t.holder, s.holder), ''), 'everyone')
               || ': counted ' || coalesce(t.amount, 0) || ', given ' || coalesce(s.total, 0) AS detail
        FROM (
            SELECT program_id, each, rule, measure, per, starts_on, coalesce(person, holder) AS holder,
                   sum(amount) AS amount
            FROM tallies LEFT JOIN persons ON each = 'customer' AND customer_id = holder
            WHERE tenant_id = :tenant_id GROUP BY 1, 2, 3, 4, 5, 6, 7
        ) AS t
        FULL JOIN sums s USING (program_id, each, rule, measure, per, holder, starts_on)
        WHERE coalesce(t.amount, 0) <> coalesce(s.total, 0)
    """,  # noqa: S608 - the text is ours
    # Of merged customers once what came since has followed.
    "a cool-down runs from the latest use": f"""
        {PERSONS}, caused AS (
            SELECT coalesce(person, customer_id) AS customer_id, program_id, program_version, occurred_at, effects
            FROM purchases LEFT JOIN persons USING (customer_id) WHERE tenant_id = :tenant_id
            UNION ALL
            SELECT coalesce(person, customer_id), program_id, program_version, occurred_at, effects FROM activities
            LEFT JOIN persons USING (customer_id) WHERE tenant_id = :tenant_id AND status = 'recorded'
        )
        SELECT t.rule AS subject,
               'last ' || t.last_at || ', used ' || coalesce(max(p.occurred_at)::text, 'never') AS detail
        FROM (
            SELECT program_id, rule, coalesce(person, holder) AS holder, max(last_at) AS last_at
            FROM tallies LEFT JOIN persons ON each = 'customer' AND customer_id = holder
            WHERE tenant_id = :tenant_id AND measure = 'uses' AND per = 'ever' AND each = 'customer'
            GROUP BY 1, 2, 3 HAVING NOT coalesce(bool_or(person IS NOT NULL AND amount <> 0), false)
        ) AS t
        LEFT JOIN (caused p JOIN program_versions v
                   ON v.tenant_id = :tenant_id AND v.program_id = p.program_id AND v.version = p.program_version)
          ON p.customer_id = t.holder AND p.program_id = t.program_id
         AND p.effects::jsonb @> jsonb_build_array(jsonb_build_object('rule', t.rule))
         AND jsonb_path_exists(v.document::jsonb, '$.rules[*] ? (@.id == $rule && @.cool_down != null)',
                               jsonb_build_object('rule', t.rule))
        WHERE t.last_at IS NOT NULL
        GROUP BY t.rule, t.holder, t.last_at HAVING max(p.occurred_at) IS DISTINCT FROM t.last_at
    """,  # noqa: S608 - the text is ours
}
