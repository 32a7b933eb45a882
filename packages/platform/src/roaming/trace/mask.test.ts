import { expect } from 'chai';
import fc from 'fast-check';
import { maskBody, maskPath } from './mask.js';

const SECRET = 'f3a9-Zq7Lw0-very-secret';

describe('the mask of a traced body', () => {
  it('hides credentials wherever they stand, and leaves a card', () => {
    for (const body of [
      { token: SECRET, url: 'https://cpo.example/versions', roles: [] },
      { data: { token: SECRET }, status_code: 1000 },
      { terminal: { client_certificate: SECRET, privateKey: SECRET, private_key: SECRET, apiKey: SECRET, access_token: SECRET } },
      { url: `https://me:${SECRET}@cpo.example/` },
      { message: `Authorization: Token ${SECRET}` },
      { response_url: `https://cpo.example/x?token=${SECRET}` },
      { password: SECRET, wifiPassword: SECRET, clientSecret: SECRET, certificate: [SECRET] },
    ]) {
      const masked = maskBody(JSON.stringify(body));
      expect(masked, JSON.stringify(body)).not.to.include(SECRET);
      expect(Object.keys(JSON.parse(masked))).to.deep.equal(Object.keys(body));
    }
    const start = '{"token":{"uid":"04AABB","type":"RFID"},"location_id":"L1"}';
    expect(maskBody(start)).to.equal(start);
  });

  it('passes what has nothing to hide byte for byte, and leaves out what is no JSON', () => {
    expect(maskBody('{"id":  "L1"}')).to.equal('{"id":  "L1"}');
    expect(maskBody(`{"token":"${SECRET}"`)).not.to.include(SECRET);
    expect(maskBody(`{"t\\u006fken":"${SECRET}"}`)).not.to.include(SECRET);
    expect(maskBody('')).to.equal('');
  });

  it('hides a token at any depth, beside anything', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.string(), { maxLength: 5 }), (beside, path) => {
        const nested = path.reduce((value: unknown, name) => ({ [name]: [value] }), { token: SECRET, beside } as unknown);
        expect(maskBody(JSON.stringify(nested))).not.to.include(SECRET);
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('hides a credential in a query', () => {
    expect(maskPath(`/ocpi/2.2.1/locations?token=${SECRET}&limit=5`)).to.equal('/ocpi/2.2.1/locations?token=***&limit=5');
    expect(maskPath('/ocpi/2.2.1/locations')).to.equal('/ocpi/2.2.1/locations');
  });
});
