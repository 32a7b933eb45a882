/** Who hears of what in this module; the key of each event is the id of what it is about. */
export const consumers = {
  /** A session of ours changed. Key: session. */
  session: 'roaming.session',
  /** A location of ours changed. Key: location. */
  location: 'roaming.location',
  /** A command that our stations carried out for somebody ended. Key: command. */
  commandOutcome: 'roaming.command-outcome',
  /** The result of a command is known: tell a partner that asked. Key: command. */
  commandResult: 'roaming.command-result',
  /** An own CDR exists: put it into the form that its receiver gets. Key: CDR. */
  cdrRepresent: 'roaming.cdr-represent',
  /** A CDR came from one partner for the driver of another: put it into the form that this one gets. Key: CDR. */
  cdrForward: 'roaming.cdr-forward',
  /** A CDR in that form is owed. Key: CDR. */
  cdrDeliver: 'roaming.cdr-deliver',
  /** A partner's tariff came for everybody. Key: tariff. */
  tariff: 'roaming.tariff',
  /** Who is connected has changed: tell all that listen. Key: partner. */
  clientInfo: 'roaming.client-info',
  /** A partner is back: send it the newest state of what it has missed. Key: partner. */
  resync: 'roaming.resync',
  /** A partner has registered: fetch what it has. Key: partner. */
  partnerSync: 'roaming.partner-sync',
} as const;
