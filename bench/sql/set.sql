\set n :n + 1
\set customer random(1, {customers})
\set number :run * 1000000000000 + :client_id * 1000000000 + :n * {batch}
SELECT bench.record_purchases(:customer, :number, {batch});
