"""The proof of draws: that entries are what purchases say they brought. Source: docs/rules/draws.md."""

# As in verify.py: none of them finds anything in sound books.
DRAWS = {
    "a customer has the entries in a draw that came in": """
        SELECT coalesce(t.customer_id, s.customer_id) AS subject,
               coalesce(t.draw_id, s.draw_id) || ': has ' || coalesce(t.entries, 0) || ', came '
               || coalesce(s.entries, 0) AS detail
        FROM (SELECT * FROM draw_entrants WHERE tenant_id = :tenant_id) t
        FULL JOIN (
            SELECT draw_id, customer_id, sum(entries) AS entries FROM draw_entries
            WHERE tenant_id = :tenant_id AND NOT late GROUP BY draw_id, customer_id
        ) s USING (draw_id, customer_id)
        WHERE coalesce(t.entries, 0) <> coalesce(s.entries, 0)
    """,
    "entries in draws are what the purchases' rules gave": """
        WITH said AS (
            SELECT p.id, effect ->> 'draw_id' AS draw_id, p.customer_id, sum((effect ->> 'entries')::bigint) AS entries
            FROM purchases p, jsonb_array_elements(p.effects::jsonb) AS effect
            WHERE p.tenant_id = :tenant_id AND effect ->> 'kind' = 'enter_draw' GROUP BY p.id, 2, p.customer_id
        ), came AS (
            SELECT source AS id, draw_id, customer_id, sum(entries) AS entries FROM draw_entries
            WHERE tenant_id = :tenant_id AND source <> id GROUP BY source, draw_id, customer_id
        )
        SELECT id AS subject,
               draw_id || ': effects ' || coalesce(s.entries, 0) || ', entries ' || coalesce(c.entries, 0) AS detail
        FROM said s FULL JOIN came c USING (id, draw_id, customer_id)
        WHERE coalesce(s.entries, 0) <> coalesce(c.entries, 0)
    """,
}
