"""The proof of coupons: that each use counted is a purchase's, and counted once. Source: docs/rules/coupons.md."""

# As in verify.py: none of them finds anything in a sound ledger.
COUPONS = {
    "a coupon's uses are those of the purchases": """
        WITH said AS (
            SELECT p.id, effect ->> 'code' AS code
            FROM purchases p, jsonb_array_elements(p.effects::jsonb) AS effect
            WHERE p.tenant_id = :tenant_id AND effect ->> 'kind' = 'use_coupon'
        )
        SELECT coalesce(s.id, u.purchase_id) AS subject,
               CASE WHEN s.id IS NULL THEN 'counted, not used' ELSE 'used, not counted' END AS detail
        FROM said s
        FULL JOIN (SELECT * FROM coupon_uses WHERE tenant_id = :tenant_id AND NOT kept) u
          ON u.purchase_id = s.id AND u.code = s.code
        WHERE s.id IS NULL OR u.purchase_id IS NULL
    """,
    "a code with a limit counts its uses": """
        SELECT c.campaign_id AS subject, 'counted ' || c.uses || ', used ' || coalesce(u.times, 0) AS detail
        FROM coupon_codes c
        JOIN coupon_campaigns k ON k.tenant_id = c.tenant_id AND k.id = c.campaign_id
        LEFT JOIN (SELECT code, count(*) AS times FROM coupon_uses WHERE tenant_id = :tenant_id GROUP BY code) u
          ON u.code = c.code
        WHERE c.tenant_id = :tenant_id
          AND c.uses <> CASE WHEN k.uses_per_code IS NULL THEN 0 ELSE coalesce(u.times, 0) END
    """,
    "a campaign with a limit counts its uses": """
        SELECT k.id AS subject, 'counted ' || k.uses || ', used ' || coalesce(u.times, 0) AS detail
        FROM coupon_campaigns k
        LEFT JOIN (SELECT campaign_id, count(*) AS times FROM coupon_uses WHERE tenant_id = :tenant_id GROUP BY 1) u
          ON u.campaign_id = k.id
        WHERE k.tenant_id = :tenant_id
          AND k.uses <> CASE WHEN k.uses_in_total IS NULL THEN 0 ELSE coalesce(u.times, 0) END
    """,
}
