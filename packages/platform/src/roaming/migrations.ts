/** Tables of the roaming module. */
export const migrations = [
  {
    name: 'roaming-001-partners',
    up: [
      `CREATE TABLE roaming_partner (
        operator_id text NOT NULL,
        id text NOT NULL,
        name text NOT NULL,
        status text NOT NULL,
        connection jsonb,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, id)
      )`,
      // Hosted parties have no partner. A party has one home: a second credential cannot claim it.
      `CREATE TABLE roaming_party (
        operator_id text NOT NULL,
        party text NOT NULL,
        role text NOT NULL,
        partner_id text,
        name text NOT NULL,
        PRIMARY KEY (operator_id, party, role),
        FOREIGN KEY (operator_id, partner_id) REFERENCES roaming_partner (operator_id, id)
      )`,
      // A partner presents its token before we know its operator, so the hash is unique in the whole installation.
      `CREATE TABLE roaming_partner_token (
        operator_id text NOT NULL,
        partner_id text NOT NULL,
        token_hash text NOT NULL,
        kind text NOT NULL,
        created_at timestamptz NOT NULL,
        used_at timestamptz,
        PRIMARY KEY (operator_id, partner_id, token_hash),
        UNIQUE (token_hash),
        FOREIGN KEY (operator_id, partner_id) REFERENCES roaming_partner (operator_id, id)
      )`,
      `CREATE TABLE roaming_agreement (
        operator_id text NOT NULL,
        id text NOT NULL,
        version integer NOT NULL,
        seller text NOT NULL,
        buyer text NOT NULL,
        body jsonb NOT NULL,
        PRIMARY KEY (operator_id, id, version)
      )`,
      'CREATE INDEX roaming_agreement_pair ON roaming_agreement (operator_id, seller, buyer)',
      `CREATE TABLE roaming_command (
        operator_id text NOT NULL,
        id text NOT NULL,
        kind text NOT NULL,
        asker text NOT NULL,
        asked text NOT NULL,
        reply_to jsonb NOT NULL,
        correlation text NOT NULL,
        asked_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        result text,
        PRIMARY KEY (operator_id, id)
      )`,
      'CREATE INDEX roaming_command_open ON roaming_command (expires_at) WHERE result IS NULL',
      // Rewritten URLs. The partners' ids are unique in the installation, and nothing of an operator stands in the row.
      `CREATE TABLE roaming_correlation (
        id text PRIMARY KEY,
        kind text NOT NULL,
        url text NOT NULL,
        opener text NOT NULL,
        target text NOT NULL,
        once boolean NOT NULL,
        expires_at timestamptz NOT NULL,
        correlation_id text NOT NULL
      )`,
      'CREATE INDEX roaming_correlation_expiry ON roaming_correlation (expires_at)',
      `CREATE TABLE roaming_session (
        operator_id text NOT NULL,
        owner text NOT NULL,
        id text NOT NULL,
        authorization_reference text,
        updated_at timestamptz NOT NULL,
        body jsonb NOT NULL,
        raw bytea NOT NULL,
        PRIMARY KEY (operator_id, owner, id)
      )`,
      // The CDR as it stands on the wire between two parties, byte for byte: what a statement's digests are about.
      `CREATE TABLE roaming_cdr (
        operator_id text NOT NULL,
        owner text NOT NULL,
        id text NOT NULL,
        party text NOT NULL,
        direction text NOT NULL,
        version text NOT NULL,
        bytes bytea NOT NULL,
        digest text NOT NULL,
        body jsonb NOT NULL,
        state text NOT NULL,
        location text,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, owner, id, party)
      )`,
      `CREATE TABLE roaming_cdr_conflict (
        operator_id text NOT NULL,
        owner text NOT NULL,
        id text NOT NULL,
        party text NOT NULL,
        digest text NOT NULL,
        bytes bytea NOT NULL,
        received_at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, owner, id, party, digest)
      )`,
    ],
  },
  {
    name: 'roaming-002-reach',
    up: [
      // When a partner was last heard, and since when it has been silent; what it has missed meanwhile, by module.
      'ALTER TABLE roaming_partner ADD COLUMN heard_at timestamptz, ADD COLUMN offline_since timestamptz',
      `CREATE TABLE roaming_missed (
        operator_id text NOT NULL,
        partner_id text NOT NULL,
        module text NOT NULL,
        since timestamptz NOT NULL,
        PRIMARY KEY (operator_id, partner_id, module),
        FOREIGN KEY (operator_id, partner_id) REFERENCES roaming_partner (operator_id, id)
      )`,
      `CREATE TABLE roaming_rule (
        operator_id text NOT NULL,
        party text NOT NULL,
        module text NOT NULL,
        other text NOT NULL,
        allow boolean NOT NULL,
        PRIMARY KEY (operator_id, party, module, other)
      )`,
    ],
  },
  {
    name: 'roaming-003-drafts',
    up: [
      // Versions of before this have nobody in them.
      `ALTER TABLE roaming_agreement ADD COLUMN activated_at timestamptz, ADD COLUMN asked_by text, ADD COLUMN approved_by text,
        ADD COLUMN reason text`,
      `CREATE TABLE roaming_agreement_draft (
        operator_id text NOT NULL,
        draft_id text NOT NULL,
        approval_id text NOT NULL,
        id text NOT NULL,
        body jsonb NOT NULL,
        digest text NOT NULL,
        state text NOT NULL,
        asked_by text NOT NULL,
        asked_at timestamptz NOT NULL,
        reason text NOT NULL,
        PRIMARY KEY (operator_id, draft_id),
        UNIQUE (operator_id, approval_id)
      )`,
    ],
  },
  { name: 'roaming-004-quirks', up: ['ALTER TABLE roaming_partner ADD COLUMN quirks jsonb'] },
  {
    name: 'roaming-005-imports',
    up: [
      `CREATE TABLE roaming_import (
        operator_id text NOT NULL,
        partner_id text NOT NULL,
        module text NOT NULL,
        mode text NOT NULL,
        state text NOT NULL,
        next text,
        since timestamptz,
        started_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        complete_at timestamptz,
        pages integer NOT NULL,
        kept integer NOT NULL,
        unchanged integer NOT NULL,
        refused integer NOT NULL,
        total integer,
        error text,
        PRIMARY KEY (operator_id, partner_id, module),
        FOREIGN KEY (operator_id, partner_id) REFERENCES roaming_partner (operator_id, id)
      )`,
      // As it came: json and not jsonb, for jsonb would not take every text that a partner may send.
      `CREATE TABLE roaming_quarantine (
        operator_id text NOT NULL,
        partner_id text NOT NULL,
        module text NOT NULL,
        digest text NOT NULL,
        object_id text NOT NULL,
        reason text NOT NULL,
        item json NOT NULL,
        seen_at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, partner_id, module, digest),
        FOREIGN KEY (operator_id, partner_id) REFERENCES roaming_partner (operator_id, id)
      )`,
    ],
  },
  {
    name: 'roaming-006-doubt',
    up: [
      // By what a session tells that a command whose result never came has worked after all.
      'ALTER TABLE roaming_command ADD COLUMN authorization_reference text, ADD COLUMN session_id text',
      'CREATE INDEX roaming_command_reference ON roaming_command (operator_id, asked, authorization_reference)',
      'CREATE INDEX roaming_command_session ON roaming_command (operator_id, asked, session_id)',
      // When a CDR was offered and no answer came: before it is offered again, the other side is asked for it.
      'ALTER TABLE roaming_cdr ADD COLUMN doubt_at timestamptz',
    ],
  },
  {
    name: 'roaming-007-tcec',
    up: [
      // A partner that speaks T/CEC 102. Its operator id comes before we know whose partner it is, so it is unique in the installation.
      `CREATE TABLE roaming_tcec_peer (
        operator_id text NOT NULL,
        partner_id text NOT NULL,
        their_id text NOT NULL,
        our_id text NOT NULL,
        dialect text NOT NULL,
        url text,
        sealed_given text,
        sealed_issued text NOT NULL,
        sent_second bigint NOT NULL DEFAULT 0,
        sent_count integer NOT NULL DEFAULT 0,
        updated_at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, partner_id),
        UNIQUE (their_id),
        FOREIGN KEY (operator_id, partner_id) REFERENCES roaming_partner (operator_id, id)
      )`,
      'CREATE TABLE roaming_tcec_token (hash text PRIMARY KEY, their_id text NOT NULL, until timestamptz NOT NULL)',
      // What was heard, for as long as its time stamp would still be believed.
      `CREATE TABLE roaming_tcec_heard (
        their_id text NOT NULL,
        stamp text NOT NULL,
        seq text NOT NULL,
        heard_at timestamptz NOT NULL,
        PRIMARY KEY (their_id, stamp, seq)
      )`,
      'CREATE INDEX roaming_tcec_heard_age ON roaming_tcec_heard (heard_at)',
      // Which EVSE a gun is. `scope`: the partner whose gun it is, or empty for the guns that we show to partners.
      `CREATE TABLE roaming_tcec_gun (
        operator_id text NOT NULL,
        scope text NOT NULL,
        connector_id text NOT NULL,
        station_id text NOT NULL,
        owner text NOT NULL,
        location_id text NOT NULL,
        evse_uid text NOT NULL,
        PRIMARY KEY (operator_id, scope, connector_id)
      )`,
      'CREATE INDEX roaming_tcec_gun_station ON roaming_tcec_gun (operator_id, scope, station_id)',
      `CREATE TABLE roaming_tcec_order (
        operator_id text NOT NULL,
        partner_id text NOT NULL,
        seq text NOT NULL,
        side text NOT NULL,
        token_uid text NOT NULL,
        state integer NOT NULL,
        body jsonb NOT NULL,
        looked_at timestamptz NOT NULL,
        closed_at timestamptz,
        PRIMARY KEY (operator_id, partner_id, seq),
        FOREIGN KEY (operator_id, partner_id) REFERENCES roaming_partner (operator_id, id)
      )`,
      'CREATE INDEX roaming_tcec_order_token ON roaming_tcec_order (operator_id, partner_id, token_uid)',
      'CREATE INDEX roaming_tcec_order_open ON roaming_tcec_order (looked_at) WHERE closed_at IS NULL',
      `CREATE TABLE roaming_tcec_check (
        operator_id text NOT NULL,
        partner_id text NOT NULL,
        day text NOT NULL,
        by_whom text NOT NULL,
        body jsonb NOT NULL,
        checked_at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, partner_id, day, by_whom),
        FOREIGN KEY (operator_id, partner_id) REFERENCES roaming_partner (operator_id, id)
      )`,
    ],
  },
  {
    name: 'roaming-008-bytes',
    up: [
      // In the version nearest to the model the bytes and the zone of the location say what the model does: its words are not kept twice.
      'ALTER TABLE roaming_cdr ADD COLUMN time_zone text, ALTER COLUMN body DROP NOT NULL',
      // Older ways to compress cost more than all the rest of the row; a server that was built without lz4 keeps them.
      `DO $$ BEGIN
        ALTER TABLE roaming_cdr ALTER COLUMN bytes SET COMPRESSION lz4;
      EXCEPTION WHEN feature_not_supported THEN NULL;
      END $$`,
    ],
  },
  {
    // What a CDR could not say in its receiver's version: beside its bytes, and only where there is something.
    name: 'roaming-009-losses',
    up: [
      `CREATE TABLE roaming_cdr_loss (
        operator_id text NOT NULL,
        owner text NOT NULL,
        id text NOT NULL,
        party text NOT NULL,
        version text NOT NULL,
        losses jsonb NOT NULL,
        PRIMARY KEY (operator_id, owner, id, party)
      )`,
    ],
  },
  {
    // Versions of OCPI whose CDRs name no session: theirs is found by what allowed it, or by card and EVSE.
    name: 'roaming-010-matching',
    up: [
      `CREATE INDEX roaming_session_reference ON roaming_session (operator_id, owner, authorization_reference)
        WHERE authorization_reference IS NOT NULL`,
      `CREATE INDEX roaming_session_card ON roaming_session
        (operator_id, owner, upper(body->'token'->>'uid'), (body->'place'->>'evseUid'))`,
    ],
  },
  {
    name: 'roaming-011-reservations',
    up: [
      'ALTER TABLE roaming_command ADD COLUMN reservation_id text, ADD COLUMN reserved_until timestamptz',
      'CREATE INDEX roaming_command_reservation ON roaming_command (operator_id, upper(reservation_id)) WHERE reservation_id IS NOT NULL',
    ],
  },
  {
    name: 'roaming-012-profiles',
    up: [
      'ALTER TABLE roaming_command ADD COLUMN active jsonb',
      `CREATE TABLE roaming_active_profile (
        operator_id text NOT NULL,
        owner text NOT NULL,
        session_id text NOT NULL,
        active jsonb NOT NULL,
        heard_at timestamptz NOT NULL,
        PRIMARY KEY (operator_id, owner, session_id)
      )`,
    ],
  },
] as const;
