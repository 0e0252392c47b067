\set n :n + 1
\set customer random(1, {customers})
\set number :run * 1000000000000 + :client_id * 1000000000 + :n
BEGIN;
SELECT set_config('wafa.tenants', {tenant}, true);
SELECT status, purchases FROM customers WHERE tenant_id = {tenant} AND customer_id = bench.id_of('cus', :customer) FOR NO KEY UPDATE;
SELECT id, fingerprint FROM purchases WHERE tenant_id = {tenant} AND store_id = 'pgbench' AND external_id = (:number::bigint)::text;
INSERT INTO wallets AS kept (tenant_id, customer_id, unit, balance, pending, expired, version, updated_at) VALUES ({tenant}, bench.id_of('cus', :customer), 'points', {points}, 0, 0, 1, now()) ON CONFLICT (tenant_id, customer_id, unit) DO UPDATE SET balance = kept.balance + {points}, version = kept.version + 1, updated_at = now() RETURNING balance \gset
INSERT INTO purchases (tenant_id, id, customer_id, store_id, external_id, fingerprint, status, program_id, program_version, currency, subtotal, discount, due, balance_after, basket, facts, effects, misses, occurred_at, recorded_at) VALUES ({tenant}, bench.id_of('pur', :number), bench.id_of('cus', :customer), 'pgbench', (:number::bigint)::text, {fingerprint}, 'recorded', {program_id}, 1, 'SAR', {subtotal}, {discount}, {due}, :balance, bench.basket(), bench.facts(), bench.effects(), bench.misses(), now(), now());
INSERT INTO lots (tenant_id, id, customer_id, unit, reference, rule, amount, remaining, earned_at, spendable_at) VALUES ({tenant}, bench.id_of('lot', :number), bench.id_of('cus', :customer), 'points', bench.id_of('pur', :number), 'base', {points}, {points}, now(), now());
INSERT INTO entries (tenant_id, transaction_id, kind, reference, wallet, customer_id, unit, amount, balance_after, occurred_at, recorded_at) VALUES ({tenant}, bench.id_of('ltx', :number), 'accrual', bench.id_of('pur', :number), 'customer', bench.id_of('cus', :customer), 'points', {points}, :balance, now(), now());
INSERT INTO entries (tenant_id, transaction_id, kind, reference, wallet, customer_id, unit, amount, balance_after, occurred_at, recorded_at) VALUES ({tenant}, bench.id_of('ltx', :number), 'accrual', bench.id_of('pur', :number), 'issued', bench.id_of('cus', :customer), 'points', -{points}, NULL, now(), now());
INSERT INTO stamp_cards AS kept (tenant_id, customer_id, card, stamps, filled, updated_at) VALUES ({tenant}, bench.id_of('cus', :customer), 'beans', 1, 0, now()) ON CONFLICT (tenant_id, customer_id, card) DO UPDATE SET stamps = kept.stamps + 1, updated_at = now();
UPDATE customers SET purchases = purchases + 1 WHERE tenant_id = {tenant} AND customer_id = bench.id_of('cus', :customer);
INSERT INTO outbox (tenant_id, id, topic, key, type, subject, occurred_at, data, trace) VALUES ({tenant}, bench.id_of('evt', :number), 'loyalty.events', bench.id_of('cus', :customer), 'loyalty.purchase_recorded.v1', bench.id_of('cus', :customer), now(), bench.event_of(bench.id_of('pur', :number), bench.id_of('cus', :customer)), bench.id_of('req', :number));
COMMIT;
