import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign, verify } from 'node:crypto';
import type { Clock } from '../../kernel/clock.js';
import type { CertificateAuthorityPort } from '../ports.js';
import { bits, integer, octets, oid, type Piece, pieces, sequence, set, text, time, tlv, truth } from './der.js';

const DAY_MS = 86_400_000;
/** A station renews in time when it is warned a month ahead. */
const STATION_DAYS = 365;
const ROOT_DAYS = 3_650;
/** Clocks of stations are a little off. */
const BACKDATED_MS = DAY_MS;

const COMMON_NAME = '2.5.4.3';
const ORGANISATION = '2.5.4.10';
const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';
const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));
/** How a request may be signed, by the DER of the algorithm's name. */
const HASHES = new Map(
  (
    [
      ['1.2.840.10045.4.3.2', 'sha256'],
      ['1.2.840.10045.4.3.3', 'sha384'],
      ['1.2.840.10045.4.3.4', 'sha512'],
      ['1.2.840.113549.1.1.11', 'sha256'],
      ['1.2.840.113549.1.1.12', 'sha384'],
      ['1.2.840.113549.1.1.13', 'sha512'],
    ] as const
  ).map(([name, hash]) => [oid(name).toString('hex'), hash]),
);

/** A new key for `builtInAuthority`, PEM. */
export function newAuthorityKey(): string {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Signs station certificates with a key of our own: for one installation, and for tests. A station gets one in its own name and no other. */
export function builtInAuthority({
  key,
  operator,
  clock,
}: {
  key: string;
  operator: string;
  clock: Clock;
}): CertificateAuthorityPort & { root: string } {
  const signer = createPrivateKey(key);
  const issuer = sequence(set(sequence(oid(ORGANISATION), text(operator))), set(sequence(oid(COMMON_NAME), text('evroam station root'))));
  const now = clock.now();
  const rootKey = createPublicKey(signer).export({ type: 'spki', format: 'der' });
  const root = certificate(signer, {
    serial: Buffer.from([1]),
    issuer,
    subject: issuer,
    spki: rootKey,
    from: new Date(now.getTime() - BACKDATED_MS),
    until: new Date(now.getTime() + ROOT_DAYS * DAY_MS),
    extensions: [extension('2.5.29.19', sequence(truth()), true), extension('2.5.29.15', bits(Buffer.from([0b0000_0110]), 1), true)],
  });

  return {
    root,
    async sign({ csr, names }) {
      const request = read(csr);
      if ('refused' in request) return request;
      if (request.commonName === undefined || !names.includes(request.commonName))
        return { refused: `the request is for "${request.commonName ?? 'nobody'}", not for ${names.join(' or ')}` };
      const signedAt = clock.now();
      const serial = randomBytes(16);
      serial[0] = (serial[0]! & 0x7f) | 0x40;
      const expiresAt = new Date(Math.floor((signedAt.getTime() + STATION_DAYS * DAY_MS) / 1000) * 1000);
      const leaf = certificate(signer, {
        serial,
        issuer,
        subject: request.subject,
        spki: request.spki,
        from: new Date(signedAt.getTime() - BACKDATED_MS),
        until: expiresAt,
        extensions: [
          extension('2.5.29.19', sequence(), true),
          extension('2.5.29.15', bits(Buffer.from([0b1000_0000]), 7), true),
          extension('2.5.29.37', sequence(oid(CLIENT_AUTH))),
        ],
      });
      return { chain: `${leaf}${root}`, expiresAt, serialNumber: serial.toString('hex').toUpperCase() };
    },
  };
}

interface Request {
  subject: Buffer;
  commonName: string | undefined;
  spki: Buffer;
}

/** A PKCS#10 request whose signature proves that the sender has the key. RFC 2986, 4 */
function read(csr: string): Request | { refused: string } {
  const base64 = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([\sA-Za-z0-9+/=]+)-----END/.exec(csr)?.[1];
  if (!base64) return { refused: 'this is no certificate request' };
  try {
    const [whole] = pieces(Buffer.from(base64, 'base64'));
    const [info, algorithm, signature] = pieces(whole?.content ?? Buffer.alloc(0));
    const [, subject, spki] = pieces(info?.content ?? Buffer.alloc(0));
    const [name] = pieces(algorithm?.content ?? Buffer.alloc(0));
    const hash = name && HASHES.get(name.whole.toString('hex'));
    if (!info || !signature || !subject || !spki || !hash)
      return { refused: 'the request is incomplete, or signed in a way that is not strong' };
    const key = createPublicKey({ key: spki.whole, format: 'der', type: 'spki' });
    if (!isStrong(key)) return { refused: 'the key is weak: RSA from 2048 bits, or a curve from 256' };
    if (!verify(hash, info.whole, key, signature.content.subarray(1))) return { refused: 'the signature of the request is wrong' };
    return { subject: subject.whole, commonName: commonNameIn(subject), spki: spki.whole };
  } catch (error) {
    // What cannot be read is the sender's fault, whatever the reader calls it.
    return { refused: `the request cannot be read: ${(error as Error).message}` };
  }
}

function isStrong(key: KeyObject): boolean {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  return (modulusLength ?? 0) >= 2048 || ['prime256v1', 'secp384r1', 'secp521r1'].includes(namedCurve ?? '');
}

function commonNameIn(subject: Piece): string | undefined {
  const wanted = oid(COMMON_NAME).toString('hex');
  const names = pieces(subject.content)
    .flatMap((each) => pieces(each.content))
    .map((pair) => pieces(pair.content));
  const found = names.filter(([kind]) => kind?.whole.toString('hex') === wanted);
  // A name that stands twice is no name.
  return found.length === 1 ? found[0]![1]?.content.toString('utf8') : undefined;
}

const extension = (id: string, value: Buffer, critical = false): Buffer => sequence(oid(id), ...(critical ? [truth()] : []), octets(value));

/** RFC 5280, 4.1 */
function certificate(
  signer: KeyObject,
  {
    serial,
    issuer,
    subject,
    spki,
    from,
    until,
    extensions,
  }: { serial: Buffer; issuer: Buffer; subject: Buffer; spki: Buffer; from: Date; until: Date; extensions: readonly Buffer[] },
): string {
  const body = sequence(
    tlv(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    ECDSA_SHA256,
    issuer,
    sequence(time(from), time(until)),
    subject,
    spki,
    tlv(0xa3, sequence(...extensions)),
  );
  const whole = sequence(body, ECDSA_SHA256, bits(sign('sha256', body, signer)));
  return `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
}
