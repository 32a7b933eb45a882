// Which addresses may be called. Everything inside (loopback, private, link-local with the metadata services, reserved) is refused
// unless it is allowed by name.
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { OcpiError } from './envelope.js';

/** 'loopback', 'private', or a network such as '10.1.0.0/16' or 'fd00::/8'. */
export type Allowed = 'loopback' | 'private' | (string & {});

/** Resolves a host name to addresses. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** The system's resolver. */
export const systemResolve: Resolve = async (host) => (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

const loopback = ['127.0.0.0/8', '::1/128'];
const privateNets = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'];
// RFC 6890 and its successors: shared, link-local, protocol, documentation, benchmark, multicast, reserved; and the IPv6 forms that
// carry an IPv4 address inside (NAT64, 6to4, Teredo), which would be a way around.
const reserved = [
  '0.0.0.0/8 100.64.0.0/10 169.254.0.0/16 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
  '::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 3fff::/20 5f00::/16 fe80::/10 fec0::/10 ff00::/8',
].flatMap((line) => line.split(' '));

/** The addresses that may be called under an `allow` setting. */
export interface Addresses {
  permits(address: string): boolean;
}

/** Makes the check of addresses. Throws RangeError for an entry that is no network. */
export function addresses(allow: readonly Allowed[] = []): Addresses {
  const inside = listOf([...loopback, ...privateNets, ...reserved]);
  const allowed = listOf(allow.flatMap((entry) => (entry === 'loopback' ? loopback : entry === 'private' ? privateNets : [entry])));
  return {
    permits(address) {
      const plain = unmapped(address);
      const family = isIP(plain) === 4 ? 'ipv4' : isIP(plain) === 6 ? 'ipv6' : undefined;
      if (family === undefined) return false;
      return allowed.check(plain, family) || !inside.check(plain, family);
    },
  };
}

function listOf(networks: readonly string[]): BlockList {
  const blocks = new BlockList();
  for (const network of networks) {
    const [net = '', bits] = network.split('/');
    const version = isIP(net);
    if (version === 0) throw new RangeError(`not a network: ${network}`);
    blocks.addSubnet(net, bits === undefined ? (version === 4 ? 32 : 128) : Number(bits), version === 4 ? 'ipv4' : 'ipv6');
  }
  return blocks;
}

/** The IPv4 address inside an IPv4-mapped IPv6 one; other addresses as they are, without a zone. */
function unmapped(address: string): string {
  const plain = address.split('%')[0] ?? '';
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain)?.[1];
  if (dotted) return dotted;
  const hex = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(plain);
  if (!hex) return plain;
  const [high, low] = [Number.parseInt(hex[1] ?? '', 16), Number.parseInt(hex[2] ?? '', 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** The literal address that a URL's host is, if it is one; the URL parser has already undone decimal, octal and hexadecimal spellings. */
export function literalAddress(url: URL): string | undefined {
  const host = url.hostname.startsWith('[') ? url.hostname.slice(1, -1) : url.hostname;
  return isIP(host) === 0 ? undefined : host;
}

/** Parses a URL that may be called: http or https, no credentials in it, no inside address spelt out. Throws OcpiError 'blocked'. */
export function callable(text: string, permitted: Addresses): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new OcpiError('blocked', 'that is not a URL', { cause });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new OcpiError('blocked', `${url.protocol} URLs are not called`);
  if (url.username !== '' || url.password !== '') throw new OcpiError('blocked', 'a URL with credentials in it is not called');
  const address = literalAddress(url);
  if (address !== undefined && !permitted.permits(address)) throw new OcpiError('blocked', `${address} may not be called`);
  return url;
}

/** Settings of `checkUrl`. */
export interface CheckUrlOptions {
  readonly allow?: readonly Allowed[];
  readonly resolve?: Resolve;
  /** When given, the URL's host must be one of these (`host` or `host:port`): the partner's registered hosts, for a response_url. */
  readonly hosts?: readonly string[];
}

/**
 * Checks a URL that a partner gave us, before it is stored or called: its form, its literal address, and every address its name resolves to.
 * A name that does not resolve is refused. Throws OcpiError 'blocked'. The check at connect is made again by `http`.
 */
export async function checkUrl(text: string, { allow = [], resolve = systemResolve, hosts }: CheckUrlOptions = {}): Promise<URL> {
  const permitted = addresses(allow);
  const url = callable(text, permitted);
  if (hosts && !isRegistered(url, hosts)) throw new OcpiError('blocked', `${url.host} is not a registered host of this partner`);
  if (literalAddress(url) === undefined) await permittedAddresses(url.hostname, permitted, resolve);
  return url;
}

/** True when the URL's host is among the hosts that a partner registered. */
export function isRegistered(url: URL, hosts: readonly string[]): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return hosts.some((host) => {
    const wanted = host.toLowerCase();
    return wanted === url.hostname || wanted === url.host || wanted === `${url.hostname}:${port}`;
  });
}

/** The addresses of a name, all of them permitted. Throws OcpiError 'blocked' otherwise, also when there are none. */
export async function permittedAddresses(host: string, permitted: Addresses, resolve: Resolve): Promise<readonly string[]> {
  let found: readonly string[];
  try {
    found = await resolve(host);
  } catch (cause) {
    throw new OcpiError('blocked', `${host} does not resolve`, { cause });
  }
  if (found.length === 0) throw new OcpiError('blocked', `${host} does not resolve`);
  for (const address of found)
    if (!permitted.permits(address)) throw new OcpiError('blocked', `${host} resolves to ${address}, which may not be called`);
  return found;
}
