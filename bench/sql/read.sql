\set customer random(1, {customers})
SELECT bench.read_balance(:customer);
