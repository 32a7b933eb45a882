import { createSign, generateKeyPairSync } from 'node:crypto';

/** A certificate request as a station makes it (RFC 2986), for a P-256 key that it keeps. */
export function requestFor(commonName: string): { csr: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const tlv = (tag: number, ...parts: Buffer[]) => {
    const content = Buffer.concat(parts);
    return Buffer.concat([Buffer.from(content.length < 128 ? [tag, content.length] : [tag, 0x81, content.length]), content]);
  };
  const name = tlv(0x30, tlv(0x31, tlv(0x30, Buffer.from('0603550403', 'hex'), tlv(0x0c, Buffer.from(commonName)))));
  const info = tlv(0x30, Buffer.from('020100', 'hex'), name, publicKey.export({ type: 'spki', format: 'der' }), tlv(0xa0));
  const signature = createSign('sha256').update(info).sign(privateKey);
  const algorithm = tlv(0x30, Buffer.from('06082a8648ce3d040302', 'hex'));
  const whole = tlv(0x30, info, algorithm, tlv(0x03, Buffer.from([0]), signature));
  return {
    csr: `-----BEGIN CERTIFICATE REQUEST-----\n${whole.toString('base64')}\n-----END CERTIFICATE REQUEST-----`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
