-- The rows that recording a purchase writes, written by the database itself: what the service is compared with.
-- {tenant}, {points} and the texts are filled in from a purchase that the service recorded.
CREATE SCHEMA bench;
GRANT USAGE ON SCHEMA bench TO wafa_app;

CREATE FUNCTION bench.id_of(prefix text, number bigint) RETURNS text LANGUAGE sql IMMUTABLE
RETURN prefix || '_' || lpad(number::text, 26, '0');

-- The documents of a purchase. (A script of pgbench would read the colons in them as variables.)
CREATE FUNCTION bench.basket() RETURNS text LANGUAGE sql IMMUTABLE RETURN {basket}::text;
CREATE FUNCTION bench.facts() RETURNS text LANGUAGE sql IMMUTABLE RETURN {facts}::text;
CREATE FUNCTION bench.effects() RETURNS text LANGUAGE sql IMMUTABLE RETURN {effects}::text;
CREATE FUNCTION bench.misses() RETURNS text LANGUAGE sql IMMUTABLE RETURN {misses}::text;
CREATE FUNCTION bench.event_of(purchase_id text, customer_id text) RETURNS text LANGUAGE sql IMMUTABLE
RETURN replace(replace({event}, {purchase_id}, purchase_id), {customer_id}, customer_id);

-- One purchase in one call: one round trip, one transaction.
CREATE FUNCTION bench.record_purchase(customer bigint, number bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    whose text := bench.id_of('cus', customer);
    purchase text := bench.id_of('pur', number);
    balance_then bigint;
BEGIN
    PERFORM set_config('wafa.tenants', {tenant}, true);
    PERFORM FROM customers WHERE tenant_id = {tenant} AND customer_id = whose FOR NO KEY UPDATE;
    INSERT INTO wallets AS kept (tenant_id, customer_id, unit, balance, pending, expired, version, updated_at)
    VALUES ({tenant}, whose, 'points', {points}, 0, 0, 1, moment)
    ON CONFLICT (tenant_id, customer_id, unit) DO UPDATE
        SET balance = kept.balance + {points}, version = kept.version + 1, updated_at = moment
    RETURNING balance INTO balance_then;
    INSERT INTO purchases (tenant_id, id, customer_id, store_id, external_id, fingerprint, status, program_id,
        program_version, currency, subtotal, discount, due, balance_after, basket, facts, effects, misses,
        occurred_at, recorded_at)
    VALUES ({tenant}, purchase, whose, 'pgbench', number::text, {fingerprint}, 'recorded', {program_id}, 1, 'SAR',
        {subtotal}, {discount}, {due}, balance_then, bench.basket(), bench.facts(), bench.effects(), bench.misses(), moment, moment);
    INSERT INTO lots (tenant_id, id, customer_id, unit, reference, rule, amount, remaining, earned_at, spendable_at)
    VALUES ({tenant}, bench.id_of('lot', number), whose, 'points', purchase, 'base', {points}, {points}, moment,
        moment);
    INSERT INTO entries (tenant_id, transaction_id, kind, reference, wallet, customer_id, unit, amount, balance_after,
        occurred_at, recorded_at)
    VALUES
        ({tenant}, bench.id_of('ltx', number), 'accrual', purchase, 'customer', whose, 'points', {points},
            balance_then, moment, moment),
        ({tenant}, bench.id_of('ltx', number), 'accrual', purchase, 'issued', whose, 'points', -{points}, NULL,
            moment, moment);
    INSERT INTO stamp_cards AS kept (tenant_id, customer_id, card, stamps, filled, updated_at)
    VALUES ({tenant}, whose, 'beans', 1, 0, moment)
    ON CONFLICT (tenant_id, customer_id, card) DO UPDATE SET stamps = kept.stamps + 1, updated_at = moment;
    UPDATE customers SET purchases = purchases + 1 WHERE tenant_id = {tenant} AND customer_id = whose;
    INSERT INTO outbox (tenant_id, id, topic, key, type, subject, occurred_at, data, trace)
    VALUES ({tenant}, bench.id_of('evt', number), 'loyalty.events', whose, 'loyalty.purchase_recorded.v1', whose,
        moment, bench.event_of(purchase, whose), bench.id_of('req', number));
    RETURN balance_then;
END $$;

-- A customer's balance in one call: one round trip.
CREATE FUNCTION bench.read_balance(customer bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    found wallets;
BEGIN
    PERFORM set_config('wafa.tenants', {tenant}, true);
    SELECT * INTO found FROM wallets
    WHERE tenant_id = {tenant} AND customer_id = bench.id_of('cus', customer) AND unit = 'points';
    RETURN found.balance;
END $$;

-- Many purchases, each of another customer, in one transaction of a few set-based statements.
CREATE FUNCTION bench.record_purchases(first_customer bigint, first_number bigint, how_many int) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    moment timestamptz := clock_timestamp();
    whose text[] := ARRAY(
        SELECT bench.id_of('cus', 1 + (first_customer + 17 * step) % {customers})
        FROM generate_series(0, how_many - 1) step ORDER BY 1);
    numbers bigint[] := ARRAY(SELECT generate_series(first_number, first_number + how_many - 1));
    balances bigint[];
BEGIN
    PERFORM set_config('wafa.tenants', {tenant}, true);
    PERFORM FROM customers WHERE tenant_id = {tenant} AND customer_id = ANY (whose)
        ORDER BY customer_id FOR NO KEY UPDATE;
    WITH changed AS (
        INSERT INTO wallets AS kept (tenant_id, customer_id, unit, balance, pending, expired, version, updated_at)
        SELECT {tenant}, customer_id, 'points', {points}, 0, 0, 1, moment FROM unnest(whose) customer_id
        ON CONFLICT (tenant_id, customer_id, unit) DO UPDATE
            SET balance = kept.balance + {points}, version = kept.version + 1, updated_at = moment
        RETURNING customer_id, balance
    )
    SELECT array_agg(balance ORDER BY customer_id) INTO balances FROM changed;
    INSERT INTO purchases (tenant_id, id, customer_id, store_id, external_id, fingerprint, status, program_id,
        program_version, currency, subtotal, discount, due, balance_after, basket, facts, effects, misses,
        occurred_at, recorded_at)
    SELECT {tenant}, bench.id_of('pur', number), customer_id, 'pgbench', number::text, {fingerprint}, 'recorded',
        {program_id}, 1, 'SAR', {subtotal}, {discount}, {due}, balance, bench.basket(), bench.facts(), bench.effects(),
        bench.misses(), moment, moment
    FROM unnest(whose, numbers, balances) AS sale (customer_id, number, balance);
    INSERT INTO lots (tenant_id, id, customer_id, unit, reference, rule, amount, remaining, earned_at, spendable_at)
    SELECT {tenant}, bench.id_of('lot', number), customer_id, 'points', bench.id_of('pur', number), 'base', {points},
        {points}, moment, moment
    FROM unnest(whose, numbers) AS sale (customer_id, number);
    INSERT INTO entries (tenant_id, transaction_id, kind, reference, wallet, customer_id, unit, amount, balance_after,
        occurred_at, recorded_at)
    SELECT {tenant}, bench.id_of('ltx', number), 'accrual', bench.id_of('pur', number), side.wallet, customer_id,
        'points', side.amount, CASE side.wallet WHEN 'customer' THEN balance END, moment, moment
    FROM unnest(whose, numbers, balances) AS sale (customer_id, number, balance),
        (VALUES ('customer', {points}), ('issued', -{points})) AS side (wallet, amount);
    INSERT INTO stamp_cards AS kept (tenant_id, customer_id, card, stamps, filled, updated_at)
    SELECT {tenant}, customer_id, 'beans', 1, 0, moment FROM unnest(whose) customer_id
    ON CONFLICT (tenant_id, customer_id, card) DO UPDATE SET stamps = kept.stamps + 1, updated_at = moment;
    UPDATE customers SET purchases = purchases + 1 WHERE tenant_id = {tenant} AND customer_id = ANY (whose);
    INSERT INTO outbox (tenant_id, id, topic, key, type, subject, occurred_at, data, trace)
    SELECT {tenant}, bench.id_of('evt', number), 'loyalty.events', customer_id, 'loyalty.purchase_recorded.v1',
        customer_id, moment, bench.event_of(bench.id_of('pur', number), customer_id), bench.id_of('req', number)
    FROM unnest(whose, numbers) AS sale (customer_id, number);
END $$;
