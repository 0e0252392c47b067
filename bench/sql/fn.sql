\set n :n + 1
\set customer random(1, {customers})
\set number :run * 1000000000000 + :client_id * 1000000000 + :n
SELECT bench.record_purchase(:customer, :number);
