-- The part of Citus that the product talks to, for a plain PostgreSQL: it notes what it is asked for, and refuses what
-- Citus 14 refused. The rows stay where they are. In a schema of its own, beside those of the product.
CREATE TABLE pg_dist_partition (logicalrelid regclass PRIMARY KEY);
CREATE TABLE pg_dist_node (groupid serial PRIMARY KEY, nodename text, nodeport int);
CREATE TABLE pg_dist_placement (shardid bigint, groupid int);
CREATE TABLE pg_dist_call (place serial PRIMARY KEY, name text, said text);
-- What `SHOW lock_timeout` says on the nodes, in the sessions of the product's role.
CREATE TABLE pg_dist_setting (lock_timeout text);
INSERT INTO pg_dist_setting VALUES ('0');

CREATE FUNCTION citus_add_node(host text, port int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE added int;
BEGIN
    INSERT INTO pg_dist_node (nodename, nodeport) VALUES (host, port) RETURNING groupid INTO added;
    INSERT INTO pg_dist_placement VALUES (102008, added);
    RETURN added;
END $$;

CREATE FUNCTION run_command_on_workers(command text)
RETURNS TABLE (nodename text, nodeport int, success boolean, result text) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO pg_dist_call (name, said) VALUES ('run_command_on_workers', command);
    IF command ~ '^ALTER ROLE \S+ IN DATABASE \S+ SET lock_timeout = ' THEN
        UPDATE pg_dist_setting SET lock_timeout = substring(command FROM '= ''(.*)''');
    END IF;
    RETURN QUERY SELECT n.nodename, n.nodeport, true,
        CASE command WHEN 'SHOW lock_timeout' THEN (SELECT s.lock_timeout FROM pg_dist_setting s) ELSE 'ALTER ROLE' END
        FROM pg_dist_node n;
END $$;

CREATE FUNCTION create_distributed_table(name regclass, by text, colocate_with text DEFAULT 'default')
RETURNS void LANGUAGE plpgsql AS $$
DECLARE wrong text;
BEGIN
    IF EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = name) THEN
        RAISE 'table "%" is already distributed', name;
    END IF;
    IF colocate_with <> 'default' AND NOT EXISTS (
        SELECT FROM pg_dist_partition WHERE logicalrelid = colocate_with::regclass
    ) THEN
        RAISE 'relation % is not distributed', colocate_with;
    END IF;
    SELECT conname INTO wrong FROM pg_constraint c WHERE conrelid = name AND contype = 'f' AND confrelid <> conrelid
        AND confrelid NOT IN (SELECT logicalrelid FROM pg_dist_partition);
    IF FOUND THEN
        RAISE 'cannot create foreign key constraint % since the referenced table is not distributed', wrong;
    END IF;
    SELECT indexrelid::regclass::text INTO wrong FROM pg_index i WHERE indrelid = name AND indisunique AND NOT EXISTS (
        SELECT FROM pg_attribute a WHERE a.attrelid = name AND a.attname = by AND a.attnum = ANY(i.indkey)
    );
    IF FOUND THEN
        RAISE 'cannot create constraint on "%": distributed relations cannot have UNIQUE constraints that do not '
            'include the partition column (%)', name, wrong;
    END IF;
    INSERT INTO pg_dist_partition VALUES (name);
    INSERT INTO pg_dist_call (name, said) VALUES ('create_distributed_table', name::text);
END $$;

CREATE FUNCTION truncate_local_data_after_distributing_table(name regclass) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_dist_partition WHERE logicalrelid = name) THEN
        RAISE 'supplied parameter is not a distributed relation';
    END IF;
    IF EXISTS (
        SELECT FROM pg_constraint WHERE contype = 'f' AND confrelid = name
        AND conrelid NOT IN (SELECT logicalrelid FROM pg_dist_partition)
    ) THEN
        RAISE 'cannot truncate a table referenced in a foreign key constraint by a local table';
    END IF;
    INSERT INTO pg_dist_call (name, said) VALUES ('truncate_local_data', name::text);
    EXECUTE format('TRUNCATE %s CASCADE', name);
END $$;

CREATE FUNCTION get_shard_id_for_distribution_column(name regclass, value uuid) RETURNS bigint
LANGUAGE sql AS 'SELECT 102008::bigint';
