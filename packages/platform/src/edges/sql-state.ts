/** Each of PostgreSQL's has a digit; EPIPE and other codes of sockets, which may be as long, have none. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;

/** The SQLSTATE of a failed statement, wherever Sequelize or pg put it; undefined when PostgreSQL did not say anything. */
export function sqlState(error: unknown): string | undefined {
  for (const link of chain(error)) if (typeof link.code === 'string' && SQLSTATE.test(link.code)) return link.code;
  return undefined;
}

/** Two transactions got in each other's way (serialisation, deadlock); the loser was rolled back and runs again. */
export function isConflict(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01';
}

/** Somebody else held a lock for longer than this transaction wanted to wait. */
export function isLockTimeout(error: unknown): boolean {
  return sqlState(error) === '55P03';
}

/** The data or the statement is at fault: the same again fails again. */
export function isDataError(error: unknown): boolean {
  return /^(22|23|42)/.test(sqlState(error) ?? '');
}

const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** The server is away, starting, stopping or full: the same again may succeed, and nothing is wrong with what was asked. */
export function isOutage(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(08|53|57P|58)/.test(state);
  return chain(error).some(
    ({ code, name, message }) =>
      SOCKET_CODES.has(code ?? '') ||
      /^SequelizeConnection/.test(name ?? '') ||
      /Connection terminated|Client has encountered a connection error|Client was closed|not queryable/i.test(message ?? ''),
  );
}

interface Link {
  code?: string;
  name?: string;
  message?: string;
  parent?: unknown;
  cause?: unknown;
}

function chain(error: unknown): Link[] {
  const links: Link[] = [];
  for (let next: unknown = error; typeof next === 'object' && next !== null && links.length < 10; ) {
    const link = next as Link;
    links.push(link);
    next = link.parent ?? link.cause;
  }
  return links;
}
