/** Tables of the settlement module. What was posted is never changed: the database refuses it, whoever asks. */
export const migrations: readonly { name: string; up: readonly string[] }[] = [
  {
    name: 'settlement-001-cdrs',
    up: [
      `CREATE FUNCTION settlement_never() RETURNS trigger LANGUAGE plpgsql AS '
        BEGIN
          RAISE EXCEPTION ''% is only added to'', TG_TABLE_NAME USING ERRCODE = ''23514'';
        END'`,
      `CREATE TABLE settlement_cdr (
        operator_id text NOT NULL,
        key text NOT NULL,
        owner text NOT NULL,
        buyer text NOT NULL,
        source text NOT NULL CHECK (source IN ('own', 'partner')),
        digest text NOT NULL,
        deliveries integer NOT NULL DEFAULT 1,
        body jsonb NOT NULL,
        state text NOT NULL CHECK (state IN ('received', 'quarantined', 'held', 'accepted', 'declined', 'rejected', 'expired')),
        clearing jsonb NOT NULL,
        dispute text NOT NULL DEFAULT 'none' CHECK (dispute IN ('none', 'open', 'resolved')),
        credit text NOT NULL DEFAULT 'none' CHECK (credit IN ('none', 'full')),
        billing text NOT NULL DEFAULT 'open' CHECK (billing IN ('open', 'statemented', 'invoiced', 'settled')),
        session_ref text,
        session_id text,
        credit_of text,
        currency text NOT NULL,
        energy_milli_wh bigint NOT NULL,
        net bigint,
        tax bigint,
        gross bigint,
        agreement jsonb,
        outcome jsonb,
        event_at timestamptz NOT NULL,
        received_at timestamptz NOT NULL,
        decided_at timestamptz NOT NULL,
        late_after timestamptz,
        period text,
        statement text,
        PRIMARY KEY (operator_id, key),
        CHECK (billing = 'open' OR state = 'accepted'),
        CHECK ((state = 'accepted') = (gross IS NOT NULL)),
        CHECK ((state = 'accepted') = (period IS NOT NULL))
      )`,
      // A session is settled once, whatever the application believes.
      `CREATE UNIQUE INDEX settlement_cdr_session ON settlement_cdr (operator_id, owner, session_id)
        WHERE state = 'accepted' AND credit = 'none' AND credit_of IS NULL AND session_id IS NOT NULL`,
      'CREATE INDEX settlement_cdr_by_session ON settlement_cdr (operator_id, owner, session_ref) WHERE session_ref IS NOT NULL',
      `CREATE UNIQUE INDEX settlement_cdr_credit ON settlement_cdr (operator_id, credit_of) WHERE credit_of IS NOT NULL AND state = 'accepted'`,
      'CREATE INDEX settlement_cdr_by_credit ON settlement_cdr (operator_id, credit_of) WHERE credit_of IS NOT NULL',
      `CREATE INDEX settlement_cdr_waiting ON settlement_cdr (operator_id, state, received_at, key) WHERE state IN ('received', 'quarantined', 'held')`,
      'CREATE INDEX settlement_cdr_period ON settlement_cdr (operator_id, period, owner, buyer, currency, key) WHERE period IS NOT NULL',
      `CREATE TABLE settlement_conflict (
        operator_id text NOT NULL,
        key text NOT NULL,
        digest text NOT NULL,
        body jsonb NOT NULL,
        deliveries integer NOT NULL DEFAULT 1,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, key, digest),
        FOREIGN KEY (operator_id, key) REFERENCES settlement_cdr
      )`,
      `CREATE TABLE settlement_action (
        operator_id text NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        subject text NOT NULL,
        action text NOT NULL,
        actor text NOT NULL,
        reason text NOT NULL,
        request text,
        request_digest text,
        answer jsonb,
        at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, id),
        UNIQUE (operator_id, request)
      )`,
      'CREATE TRIGGER settlement_action_stays BEFORE UPDATE OR DELETE ON settlement_action FOR EACH STATEMENT EXECUTE FUNCTION settlement_never()',
      'CREATE INDEX settlement_action_subject ON settlement_action (operator_id, subject, id)',
      // Whom an account name stands for: the one row to erase.
      `CREATE TABLE settlement_driver (
        operator_id text NOT NULL,
        id text NOT NULL,
        issuer text NOT NULL,
        uid text NOT NULL,
        PRIMARY KEY (operator_id, id),
        UNIQUE (operator_id, issuer, uid)
      )`,
      `CREATE FUNCTION settlement_legal_move() RETURNS trigger LANGUAGE plpgsql AS '
        BEGIN
          IF NEW.operator_id <> OLD.operator_id OR NEW.key <> OLD.key OR NEW.digest <> OLD.digest OR NEW.body <> OLD.body THEN
            RAISE EXCEPTION ''a CDR is never changed (%)'', OLD.key USING ERRCODE = ''23514'';
          END IF;
          IF NEW.state <> OLD.state AND (
               OLD.state IN (''accepted'', ''rejected'') OR NEW.state = ''received''
            OR (OLD.state = ''declined'' AND NEW.state <> ''rejected'')
            OR (OLD.state = ''expired'' AND NEW.state <> ''accepted'')
            OR (OLD.state = ''held'' AND NEW.state NOT IN (''accepted'', ''declined'', ''expired''))
          ) THEN
            RAISE EXCEPTION ''a CDR does not go from % to % (%)'', OLD.state, NEW.state, OLD.key USING ERRCODE = ''23514'';
          END IF;
          IF OLD.credit = ''full'' AND NEW.credit <> ''full'' THEN
            RAISE EXCEPTION ''a credit stays (%)'', OLD.key USING ERRCODE = ''23514'';
          END IF;
          RETURN NEW;
        END'`,
      'CREATE TRIGGER settlement_cdr_moves BEFORE UPDATE ON settlement_cdr FOR EACH ROW EXECUTE FUNCTION settlement_legal_move()',
      'CREATE TRIGGER settlement_cdr_stays BEFORE DELETE ON settlement_cdr FOR EACH STATEMENT EXECUTE FUNCTION settlement_never()',
      'CREATE TRIGGER settlement_cdr_whole BEFORE TRUNCATE ON settlement_cdr FOR EACH STATEMENT EXECUTE FUNCTION settlement_never()',
    ],
  },
  {
    name: 'settlement-002-ledger',
    up: [
      `CREATE TABLE settlement_period (
        operator_id text NOT NULL,
        name text NOT NULL,
        state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'cutOff', 'closed')),
        version integer NOT NULL DEFAULT 1,
        cut_off_at timestamptz,
        closed_at timestamptz,
        PRIMARY KEY (operator_id, name)
      )`,
      // One row is one entry, so that it is there whole or not at all; a debit is positive.
      `CREATE FUNCTION settlement_balanced(legs bigint[]) RETURNS boolean LANGUAGE plpgsql IMMUTABLE STRICT AS '
        DECLARE
          leg bigint;
          total bigint := 0;
        BEGIN
          FOREACH leg IN ARRAY legs LOOP
            IF leg IS NULL OR leg = 0 THEN RETURN false; END IF;
            total := total + leg;
          END LOOP;
          RETURN total = 0 AND cardinality(legs) >= 2;
        END'`,
      `CREATE TABLE settlement_entry (
        operator_id text NOT NULL,
        id bigint GENERATED ALWAYS AS IDENTITY,
        key text NOT NULL,
        posting text NOT NULL,
        currency text NOT NULL,
        accounts text[] NOT NULL,
        legs bigint[] NOT NULL,
        link text NOT NULL,
        cdr text NOT NULL,
        seller text NOT NULL,
        buyer text NOT NULL,
        event_at timestamptz NOT NULL,
        posted_at timestamptz NOT NULL,
        period text NOT NULL,
        reverses text,
        issuer text NOT NULL,
        salt text NOT NULL,
        PRIMARY KEY (operator_id, id),
        UNIQUE (operator_id, key),
        CONSTRAINT settlement_entry_balances CHECK (settlement_balanced(legs)),
        CHECK (cardinality(accounts) = cardinality(legs)),
        FOREIGN KEY (operator_id, reverses) REFERENCES settlement_entry (operator_id, key)
      )`,
      'CREATE INDEX settlement_entry_cdr ON settlement_entry (operator_id, cdr)',
      'CREATE INDEX settlement_entry_period ON settlement_entry (operator_id, period, seller, buyer, currency)',
      'CREATE TRIGGER settlement_period_stays BEFORE DELETE ON settlement_period FOR EACH STATEMENT EXECUTE FUNCTION settlement_never()',
      // Checked once a statement instead of by foreign keys, row by row: neither periods nor CDRs are ever deleted.
      `CREATE FUNCTION settlement_entries_belong() RETURNS trigger LANGUAGE plpgsql AS '
        BEGIN
          IF EXISTS (SELECT FROM (SELECT DISTINCT operator_id, period FROM added) a
                       LEFT JOIN settlement_period p ON p.operator_id = a.operator_id AND p.name = a.period
                      WHERE p.name IS NULL OR p.state = ''closed'') THEN
            RAISE EXCEPTION ''nothing is posted into a closed period, or into none'' USING ERRCODE = ''23514'';
          END IF;
          IF EXISTS (SELECT FROM added a WHERE NOT EXISTS
                      (SELECT FROM settlement_cdr c WHERE c.operator_id = a.operator_id AND c.key = a.cdr)) THEN
            RAISE EXCEPTION ''an entry belongs to a CDR of its operator'' USING ERRCODE = ''23503'';
          END IF;
          RETURN NULL;
        END'`,
      `CREATE TRIGGER settlement_entry_belongs AFTER INSERT ON settlement_entry REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION settlement_entries_belong()`,
      'CREATE TRIGGER settlement_entry_stays BEFORE UPDATE OR DELETE ON settlement_entry FOR EACH STATEMENT EXECUTE FUNCTION settlement_never()',
      'CREATE TRIGGER settlement_entry_whole BEFORE TRUNCATE ON settlement_entry FOR EACH STATEMENT EXECUTE FUNCTION settlement_never()',
      // Entries on their way into a block: written with the entry, gone when it is sealed. No foreign key: entries are never deleted.
      `CREATE TABLE settlement_unsealed (
        operator_id text NOT NULL,
        issuer text NOT NULL,
        entry_id bigint NOT NULL,
        PRIMARY KEY (operator_id, issuer, entry_id)
      )`,
      `CREATE TABLE settlement_block (
        operator_id text NOT NULL,
        issuer text NOT NULL,
        height integer NOT NULL,
        previous text NOT NULL,
        root text NOT NULL,
        count integer NOT NULL,
        sealed_at timestamptz NOT NULL,
        signature text NOT NULL,
        hash text NOT NULL,
        PRIMARY KEY (operator_id, issuer, height)
      )`,
      'CREATE TRIGGER settlement_block_stays BEFORE UPDATE OR DELETE ON settlement_block FOR EACH STATEMENT EXECUTE FUNCTION settlement_never()',
      `CREATE TABLE settlement_leaf (
        operator_id text NOT NULL,
        issuer text NOT NULL,
        block integer NOT NULL,
        position integer NOT NULL,
        entry_id bigint NOT NULL,
        hash text NOT NULL,
        PRIMARY KEY (operator_id, issuer, block, position),
        UNIQUE (operator_id, entry_id),
        FOREIGN KEY (operator_id, issuer, block) REFERENCES settlement_block,
        FOREIGN KEY (operator_id, entry_id) REFERENCES settlement_entry
      )`,
      'CREATE TRIGGER settlement_leaf_stays BEFORE UPDATE OR DELETE ON settlement_leaf FOR EACH STATEMENT EXECUTE FUNCTION settlement_never()',
      // Totals up to the newest block; what is not sealed yet is added when asked.
      `CREATE TABLE settlement_balance (
        operator_id text NOT NULL,
        account text NOT NULL,
        currency text NOT NULL,
        debits numeric NOT NULL CHECK (debits >= 0),
        credits numeric NOT NULL CHECK (credits >= 0),
        PRIMARY KEY (operator_id, account, currency)
      )`,
    ],
  },
  {
    name: 'settlement-003-statements',
    up: [
      `CREATE TABLE settlement_statement (
        operator_id text NOT NULL,
        id text NOT NULL,
        period text NOT NULL,
        version integer NOT NULL,
        issuer text NOT NULL,
        counterparty text NOT NULL,
        account text NOT NULL,
        seller text NOT NULL,
        buyer text NOT NULL,
        agreement text NOT NULL,
        currency text NOT NULL,
        state text NOT NULL CHECK (state IN ('draft', 'issued', 'accepted')),
        lines integer NOT NULL,
        energy_milli_wh bigint NOT NULL,
        net bigint NOT NULL,
        tax bigint NOT NULL,
        gross bigint NOT NULL,
        due bigint NOT NULL,
        missing text[],
        digest text,
        bundle text,
        issued_at timestamptz,
        accepted_at timestamptz,
        PRIMARY KEY (operator_id, id),
        FOREIGN KEY (operator_id, period) REFERENCES settlement_period,
        CHECK ((state = 'draft') = (bundle IS NULL))
      )`,
      `CREATE FUNCTION settlement_statement_fixed() RETURNS trigger LANGUAGE plpgsql AS '
        BEGIN
          IF OLD.state <> ''draft'' AND (NEW.bundle <> OLD.bundle OR NEW.state = ''draft'' OR (OLD.state = ''accepted'' AND NEW.state <> ''accepted'')) THEN
            RAISE EXCEPTION ''an issued statement is never changed (%)'', OLD.id USING ERRCODE = ''23514'';
          END IF;
          RETURN NEW;
        END'`,
      'CREATE TRIGGER settlement_statement_moves BEFORE UPDATE ON settlement_statement FOR EACH ROW EXECUTE FUNCTION settlement_statement_fixed()',
      'CREATE TRIGGER settlement_statement_stays BEFORE DELETE ON settlement_statement FOR EACH STATEMENT EXECUTE FUNCTION settlement_never()',
    ],
  },
  {
    name: 'settlement-004-normalised',
    up: [
      // What a settlement run reads of a CDR: few bytes, in the order in which it adds up. All of it follows from settlement_cdr.
      `CREATE TABLE settlement_plan (
        id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        operator_id text NOT NULL,
        digest text NOT NULL,
        body jsonb NOT NULL,
        UNIQUE (operator_id, digest)
      )`,
      `CREATE TABLE settlement_priced (
        operator_id text NOT NULL,
        period text NOT NULL,
        key text COLLATE "C" NOT NULL,
        plan integer NOT NULL REFERENCES settlement_plan,
        sign smallint NOT NULL CHECK (sign IN (-1, 0, 1)),
        net bigint NOT NULL,
        gross bigint NOT NULL,
        energy_milli_wh bigint NOT NULL,
        session bytea,
        PRIMARY KEY (operator_id, period, key),
        FOREIGN KEY (operator_id, key) REFERENCES settlement_cdr
      )`,
      `CREATE TABLE settlement_unpriced (
        operator_id text NOT NULL,
        key text NOT NULL,
        PRIMARY KEY (operator_id, key),
        FOREIGN KEY (operator_id, key) REFERENCES settlement_cdr
      )`,
      `CREATE FUNCTION settlement_note_accepted() RETURNS trigger LANGUAGE plpgsql AS '
        BEGIN
          INSERT INTO settlement_unpriced (operator_id, key) VALUES (NEW.operator_id, NEW.key) ON CONFLICT DO NOTHING;
          RETURN NULL;
        END'`,
      `CREATE TRIGGER settlement_cdr_accepted AFTER INSERT ON settlement_cdr FOR EACH ROW
        WHEN (NEW.state = 'accepted') EXECUTE FUNCTION settlement_note_accepted()`,
      `CREATE TRIGGER settlement_cdr_becomes_accepted AFTER UPDATE OF state ON settlement_cdr FOR EACH ROW
        WHEN (NEW.state = 'accepted' AND OLD.state <> 'accepted') EXECUTE FUNCTION settlement_note_accepted()`,
    ],
  },
];
