import { expect } from 'chai';
import { eventually, type Json, must } from '../own-stations-fixture.js';
import { type Matrix, openMatrix, Peer, placeAt, short, stationOf, VERSIONS } from './matrix.js';

/** Real-time authorisation: only the issuer of a card is asked, whatever version it and the asker speak. */
describe('a card that has to be asked about', () => {
  let matrix: Matrix;
  /** A CPO with which nobody has an agreement. */
  let stranger: Peer;

  before(async function () {
    this.timeout(120_000);
    matrix = await openMatrix();
    const { hub } = matrix;
    stranger = new Peer(`${hub.folder}/stranger.json`);
    await stranger.ask('configure', { version: '2.2.1', role: 'CPO', country: 'DE', party: 'NON' });
    const { versionsUrl, token } = await must(hub.api, 'POST', '/partners', { name: 'N', parties: [{ party: 'DE-NON', role: 'cpo' }] });
    await stranger.ask('register', { versionsUrl, token });
    const own = { type: 'rfid', contractId: 'NL-EVR-C00000001', issuerName: 'evroam', whitelist: 'never' };
    await must(hub.api, 'PUT', '/tokens/NL-EVR/EVRCARD', own);
    await must(hub.api, 'PUT', '/tokens/NL-EVR/EVRLOST', { ...own, valid: false });
  });
  after(async () => {
    await stranger?.process.end();
    await matrix?.close();
  });

  const asksOf = async (peer: Peer): Promise<Json[]> => (await peer.ask('heard')).filter(({ path }: Json) => path.endsWith('/authorize'));
  const everybody = () => [...matrix.emsps.values(), ...matrix.cpos.values(), stranger];
  const allAsks = async () => (await Promise.all(everybody().map(asksOf))).flat().length;
  const tokensUrl = (peer: Peer) => peer.ask('endpoint', { module: 'tokens', role: 'SENDER' });
  const headersOf = (party: string, to?: string) => ({
    ...{ 'OCPI-from-country-code': 'DE', 'OCPI-from-party-id': party },
    ...(to === undefined ? {} : { 'OCPI-to-country-code': 'NL', 'OCPI-to-party-id': to }),
  });

  for (const version of VERSIONS) {
    const card = `${short(version)}CARD3`;

    describe(`at an own station, issued over OCPI ${version}`, () => {
      it('charges when its issuer says so, and the session and CDR bear what the issuer calls it', async function () {
        this.timeout(30_000);
        const emsp = matrix.emsps.get(version)!;
        const charger = matrix.chargers.get(version)!;
        const known = (await emsp.ask('cdrs')).length;
        expect(await charger.ask('card', { uid: card, connector: 1 })).to.equal('Accepted');
        const asks = await asksOf(emsp);
        expect(asks.map(({ path }) => path)).to.satisfy((paths: string[]) => paths.every((path) => path === `/tokens/${card}/authorize`));
        expect(asks[0]!.body).to.deep.equal({ location_id: placeAt(version, 1).location_id });
        expect(asks.at(-1)!.body).to.deep.equal({
          location_id: placeAt(version, 1).location_id,
          evse_uids: [placeAt(version, 1).evse_uid],
        });
        await charger.ask('charge', { connector: 1, wattHours: 100 });
        await charger.ask('finish', { connector: 1 });
        const [{ cdr }] = await eventually(async () => {
          const all: Json[] = (await emsp.ask('cdrs')).slice(known);
          return all.length > 0 && all;
        }, 'the CDR');
        expect(cdr.total_energy).to.equal(0.1);
        if (version === '2.1.1') return;
        expect([cdr.auth_method, cdr.authorization_reference]).to.deep.equal(['AUTH_REQUEST', `REF-${card}`]);
      });

      for (const allowed of ['BLOCKED', 'NO_CREDIT', 'NOT_ALLOWED']) {
        it(`does not when its issuer says ${allowed}`, async () => {
          await matrix.emsps.get(version)!.ask('answer', { uid: card, allowed });
          expect(await matrix.chargers.get(version)!.ask('card', { uid: card, connector: 1 })).to.equal('Blocked');
          expect(await matrix.chargers.get(version)!.ask('running')).to.deep.equal([]);
        });
      }

      it('is not asked about again when its issuer has just asked for the start', async function () {
        this.timeout(30_000);
        const emsp = matrix.emsps.get(version)!;
        const charger = matrix.chargers.get(version)!;
        const before = (await asksOf(emsp)).length;
        expect((await emsp.ask('start', { card: 3, location: placeAt(version, 2) })).result).to.equal('ACCEPTED');
        await eventually(async () => (await charger.ask('running')).length === 1, 'the session');
        expect((await asksOf(emsp)).length).to.equal(before);
        await charger.ask('charge', { connector: 2, wattHours: 50 });
        await charger.ask('finish', { connector: 2 });
      });
    });

    for (const cpoVersion of VERSIONS) {
      it(`is asked about by a CPO of ${cpoVersion}, of an issuer of ${version}`, async function () {
        this.timeout(30_000);
        const emsp = matrix.emsps.get(version)!;
        const cpo = matrix.cpos.get(cpoVersion)!;
        await emsp.ask('answer', { uid: card, allowed: 'EXPIRED' });
        expect(await cpo.ask('card', { uid: card })).to.equal('EXPIRED');
        await emsp.ask('answer', { uid: card, allowed: 'ALLOWED' });
        const before = (await asksOf(emsp)).length;
        expect(await cpo.ask('card', { uid: card })).to.match(/^S-/);
        expect((await asksOf(emsp)).length).to.equal(before + 1);
        const known = (await emsp.ask('cdrs')).length;
        await cpo.ask('finish');
        const [{ cdr }] = await eventually(async () => {
          const all: Json[] = (await emsp.ask('cdrs')).slice(known);
          return all.length > 0 && all;
        }, 'the CDR');
        if (version !== '2.1.1' && cpoVersion !== '2.1.1') expect(cdr.authorization_reference).to.equal(`REF-${card}`);
      });
    }
  }

  it('of our own eMSP is answered here: allowed, blocked, and not known', async () => {
    const cpo = matrix.cpos.get('2.2.1')!;
    const url = await tokensUrl(cpo);
    const said = async (uid: string) =>
      (await cpo.ask('raw', { method: 'POST', url: `${url}/${uid}/authorize`, headers: headersOf('221') })) as Json;
    const allowed = await said('EVRCARD');
    expect([allowed.http, allowed.body.data.allowed, allowed.body.data.token.uid]).to.deep.equal([200, 'ALLOWED', 'EVRCARD']);
    expect(allowed.body.data.authorization_reference).to.be.a('string');
    expect((await said('EVRLOST')).body.data.allowed).to.equal('BLOCKED');
  });

  it('and is not known is 404 with 2004, and nobody hears of its uid', async () => {
    const before = await allAsks();
    const cpo = matrix.cpos.get('2.2.1')!;
    const url = await tokensUrl(cpo);
    for (const to of [undefined, 'HUB', 'EVR']) {
      const answer = await cpo.ask('raw', { method: 'POST', url: `${url}/NOBODYS/authorize`, headers: headersOf('221', to) });
      expect([answer.http, answer.body.status_code], to).to.deep.equal([404, 2004]);
    }
    expect(await allAsks()).to.equal(before);
  });

  it('is told to nobody but its issuer, though another is named, and not for one who has no agreement with it (A24)', async () => {
    const before = await allAsks();
    const cpo = matrix.cpos.get('2.2.1')!;
    const other = await cpo.ask('raw', {
      method: 'POST',
      url: `${await tokensUrl(cpo)}/221CARD3/authorize`,
      headers: headersOf('221', '230'),
    });
    expect([other.http, other.body.status_code]).to.deep.equal([404, 2004]);
    const url = await tokensUrl(stranger);
    for (const [uid, to] of [
      ['221CARD3', undefined],
      ['221CARD3', '221'],
      ['230CARD3', 'HUB'],
      ['UNHEARDOF', '230'],
    ] as const) {
      const answer = await stranger.ask('raw', { method: 'POST', url: `${url}/${uid}/authorize`, headers: headersOf('NON', to) });
      expect([answer.http, answer.body.status_code], `${uid} to ${to}`).to.deep.equal([404, 2004]);
    }
    expect(await allAsks()).to.equal(before);
  });

  for (const version of VERSIONS) {
    it(`does not charge while its issuer is away, and one that may be used offline does: ${version}`, async function () {
      this.timeout(60_000);
      const emsp = matrix.emsps.get(version)!;
      const charger = matrix.chargers.get(version)!;
      const known = (await emsp.ask('cdrs')).length;
      await emsp.process.kill();
      const strict: string = await charger.ask('card', { uid: `${short(version)}CARD3`, connector: 1 });
      expect(['Invalid', 'Unknown']).to.include(strict);
      expect(await charger.ask('card', { uid: `${short(version)}CARD4`, connector: 1 })).to.equal('Accepted');
      await charger.ask('charge', { connector: 1, wattHours: 50 });
      await charger.ask('finish', { connector: 1 });
      await emsp.restart();
      await emsp.ask('locations');
      await eventually(async () => (await emsp.ask('cdrs')).length > known, 'the CDR, once its issuer is back', 40_000);
      const { body } = await matrix.hub.api('GET', `/sessions?station=${stationOf(version)}`);
      expect(
        body.items.some(({ token, authMethod }: Json) => token.uid === `${short(version)}CARD4` && authMethod === 'whitelist'),
      ).to.equal(true);
    });
  }
});
