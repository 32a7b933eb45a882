import { createSign, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import type { StationId } from '../../kernel/ids.js';
import { builtInAuthority, newAuthorityKey } from './built-in.js';
import { bits, integer, oid, pieces, sequence, set, text, tlv } from './der.js';

const clock = { now: () => new Date('2026-03-01T10:00:00Z'), rate: 1 };
const authority = builtInAuthority({ key: newAuthorityKey(), operator: 'evroam', clock });

/** What a station sends: RFC 2986, 4. */
function request(commonName: string, { rsaBits, forged = false }: { rsaBits?: number; forged?: boolean } = {}): string {
  const pair = rsaBits ? generateKeyPairSync('rsa', { modulusLength: rsaBits }) : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const subject = sequence(set(sequence(oid('2.5.4.10'), text('evroam'))), set(sequence(oid('2.5.4.3'), text(commonName))));
  const info = sequence(integer(Buffer.from([0])), subject, pair.publicKey.export({ type: 'spki', format: 'der' }), tlv(0xa0));
  const algorithm = sequence(oid(rsaBits ? '1.2.840.113549.1.1.11' : '1.2.840.10045.4.3.2'));
  const signature = createSign('sha256')
    .update(forged ? Buffer.from('other') : info)
    .sign(pair.privateKey);
  return `-----BEGIN CERTIFICATE REQUEST-----\n${sequence(info, algorithm, bits(signature)).toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
}

const sign = (csr: string) =>
  authority.sign({ csr, stationId: 'CS-1' as StationId, use: 'ChargingStationCertificate', names: ['CS-1', 'SN-7'] });

describe('the built-in certificate authority', () => {
  for (const rsaBits of [undefined, 2048]) {
    it(`gives a station a certificate in its own name (${rsaBits ? 'RSA' : 'EC'})`, async () => {
      const signed = await sign(request('SN-7', rsaBits ? { rsaBits } : {}));
      if ('refused' in signed) throw new Error(signed.refused);
      const [leaf, root] = signed.chain.split(/(?<=-----END CERTIFICATE-----\n)/).map((pem) => new X509Certificate(pem));
      expect(root!.verify(root!.publicKey)).to.equal(true);
      expect(leaf!.verify(root!.publicKey)).to.equal(true);
      expect(leaf!.checkIssued(root!)).to.equal(true);
      expect([root!.ca, leaf!.ca, leaf!.serialNumber]).to.deep.equal([true, false, signed.serialNumber]);
      expect(leaf!.subject).to.include('CN=SN-7');
      expect(new Date(leaf!.validTo)).to.deep.equal(signed.expiresAt);
      expect(leaf!.keyUsage).to.deep.equal(['1.3.6.1.5.5.7.3.2']);
    });
  }

  it('signs nothing for another name, a weak key or a request that its sender cannot have signed', async () => {
    for (const [csr, why] of [
      [request('CS-2'), 'not for CS-1'],
      [request('CS-1', { rsaBits: 1024 }), 'weak'],
      [request('CS-1', { forged: true }), 'signature'],
      ['hello', 'no certificate request'],
    ] as const) {
      const answer = await sign(csr);
      expect('refused' in answer && answer.refused).to.include(why);
    }
  });

  it('is not upset by bytes of any kind', async () => {
    const bytes = fc.uint8Array({ maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(bytes, async (given) => {
        const csr = `-----BEGIN CERTIFICATE REQUEST-----\n${Buffer.from(given).toString('base64')}\n-----END CERTIFICATE REQUEST-----`;
        expect(await sign(csr)).to.have.property('refused');
      }),
      { seed: 3, numRuns: 200 },
    );
    expect(() => pieces(Buffer.from([0x30, 0x84]))).to.throw(RangeError);
  });
});
