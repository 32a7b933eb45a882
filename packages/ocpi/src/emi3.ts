// eMI3 ids: the EVSE id and the contract id (EMAID) with its check digit, in the forms that partners write them. ISO 15118-1, annex H

/** An EVSE id, in its parts. */
export interface EvseId {
  readonly country: string;
  readonly operator: string;
  /** What the operator calls it: letters, digits and inner separators. */
  readonly outlet: string;
}

/** A contract id, in its parts. */
export interface ContractId {
  readonly country: string;
  readonly provider: string;
  /** Nine characters. */
  readonly instance: string;
  readonly check?: string;
}

const evse = /^([A-Z]{2})(\*?)([A-Z0-9]{3})\2E([A-Z0-9](?:[A-Z0-9*]{0,29}[A-Z0-9])?)$/;

/** Reads an EVSE id such as DE*ABC*E1234*5 or DEABCE12345; case does not count. Undefined for anything else. */
export function parseEvseId(text: string): EvseId | undefined {
  const parts = evse.exec(text.toUpperCase());
  if (!parts) return undefined;
  const [, country = '', , operator = '', outlet = ''] = parts;
  return { country, operator, outlet };
}

/** Writes an EVSE id with separators. */
export const formatEvseId = ({ country, operator, outlet }: EvseId): string => `${country}*${operator}*E${outlet}`.toUpperCase();

/** Two EVSE ids name the same EVSE, with separators or without. */
export function sameEvseId(a: string, b: string): boolean {
  const [left, right] = [parseEvseId(a), parseEvseId(b)];
  return left !== undefined && right !== undefined && bare(formatEvseId(left)) === bare(formatEvseId(right));
}

const bare = (id: string): string => id.replaceAll(/[*-]/g, '');
const contract = /^([A-Z]{2})(-?)([A-Z0-9]{3})\2([A-Z0-9]{9})(?:\2([A-Z0-9]))?$/;
const din = /^([A-Z]{2})([*-]?)([A-Z0-9]{3})\2(\d{6})\2([0-9X])$/;

/**
 * Reads a contract id such as DE-8AA-CA2B3C4D5-L, with separators or without, with or without its check digit. The older form of
 * DIN SPEC 91286 (NL-TNM-012204-5) is read as the eMI3 id that it became (NL-TNM-C00122045). Undefined when a check digit is wrong.
 */
export function parseContractId(text: string): ContractId | undefined {
  const upper = text.trim().toUpperCase();
  const old = din.exec(upper);
  if (old) return fromDin(old);
  const parts = contract.exec(upper);
  if (!parts) return undefined;
  const [, country = '', , provider = '', instance = '', check] = parts;
  const id = { country, provider, instance };
  if (check === undefined) return id;
  return check === contractCheckDigit(id) ? { ...id, check } : undefined;
}

function fromDin([, country = '', , provider = '', digits = '', check = '']: readonly string[]): ContractId | undefined {
  if (dinCheckDigit(country + provider + digits) !== check) return undefined;
  const id = { country, provider, instance: `C0${digits}${check}` };
  return { ...id, check: contractCheckDigit(id) };
}

/** Writes a contract id with separators and check digit. Throws RangeError when its parts are no contract id. */
export function formatContractId(id: Omit<ContractId, 'check'>): string {
  return `${id.country}-${id.provider}-${id.instance}-${contractCheckDigit(id)}`.toUpperCase();
}

/** Two contract ids are one contract, however they are written. */
export function sameContractId(a: string, b: string): boolean {
  const [left, right] = [parseContractId(a), parseContractId(b)];
  return left !== undefined && right !== undefined && formatContractId(left) === formatContractId(right);
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/**
 * The check digit of a contract id: a code over GF(2)² and GF(3)², into which 36 characters fall as 2·2·3·3. The digit is the one that
 * brings both sums to zero, by powers of the matrices (0 1; 1 1) and (0 1; 1 2). Throws RangeError for what is not 14 letters and digits.
 */
export function contractCheckDigit({ country, provider, instance }: Omit<ContractId, 'check'>): string {
  const text = `${country}${provider}${instance}`.toUpperCase();
  if (!/^[A-Z0-9]{14}$/.test(text)) throw new RangeError(`not the 14 letters and digits of a contract id: ${text}`);
  for (const digit of ALPHABET) if (isBalanced(text + digit)) return digit;
  throw new RangeError('no check digit'); // every sum has one
}

/** Horner's rule from the end: the sum times the matrix, plus the next character. */
function isBalanced(text: string): boolean {
  let [a, b, x, y] = [0, 0, 0, 0];
  for (let at = text.length - 1; at >= 0; at -= 1) {
    const code = ALPHABET.indexOf(text.charAt(at));
    [a, b] = [(b + Math.floor(code / 18)) % 2, (a + b + (Math.floor(code / 9) % 2)) % 2];
    [x, y] = [(y + (Math.floor(code / 3) % 3)) % 3, (x + 2 * y + (code % 3)) % 3];
  }
  return a + b + x + y === 0;
}

/** The check digit of the older form: letters as two digits (A = 10), weights 1, 2, 4, ..., modulo 11, ten is X. */
function dinCheckDigit(text: string): string {
  const digits = [...text].flatMap((char) => {
    const code = ALPHABET.indexOf(char);
    return code < 10 ? [code] : [Math.floor(code / 10), code % 10];
  });
  const rest = digits.reduce((sum, digit, at) => sum + digit * 2 ** at, 0) % 11;
  return rest === 10 ? 'X' : String(rest);
}
