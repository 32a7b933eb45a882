import { expect } from 'chai';
import { addPile, furnishChina, openPile } from '../china/fixture.js';
import { addStation, boot, Device, eventually, furnishParty, type Json, must } from '../own-stations-fixture.js';
import { openHub, type TestHub } from './hub.js';

describe('the capture of frames', function () {
  this.timeout(60_000);
  let hub: TestHub;
  before(async () => {
    hub = await openHub();
    await furnishParty(hub);
  });
  after(() => hub?.close());

  const framesOf = async (id: string): Promise<Json[]> => (await must(hub.api, 'GET', `/captures/${id}/frames?limit=500`)).items;
  const captured = (id: string, part: string) =>
    eventually(async () => (await framesOf(id)).find(({ text = '', hex = '' }) => (text + hex).includes(part)), `a frame with ${part}`);

  it('keeps what the chosen stations say and hear, without passwords, until it is stopped', async () => {
    const password = await addStation(hub, 'CAP-1');
    const other = await addStation(hub, 'CAP-2');
    const capture = await must(hub.api, 'POST', '/captures', { stations: ['CAP-1'], minutes: 5, note: 'ticket 7' });
    const device = await Device.open(hub.ocppUrl, 'CAP-1', password, '1.6');
    const beside = await Device.open(hub.ocppUrl, 'CAP-2', other, '1.6');
    await boot(device, '1.6');
    await boot(beside, '1.6');
    await device.call('Authorize', { idTag: 'CARD1' });
    await must(hub.api, 'POST', '/stations/CAP-1/password');
    const [bootOf, rotated] = [await captured(capture.id, 'BootNotification'), await captured(capture.id, 'AuthorizationKey')];
    expect([bootOf.protocol, bootOf.peer, bootOf.way]).to.deep.equal(['ocpp1.6', 'CAP-1', 'in']);
    expect(JSON.parse(rotated.text)[3]).to.deep.equal({ key: 'AuthorizationKey', value: '***' });

    const stopped = await must(hub.api, 'POST', `/captures/${capture.id}/stop`);
    await device.call('Heartbeat', {});
    const frames = await framesOf(capture.id);
    expect(stopped).to.include({ frames: frames.length, lost: 0, note: 'ticket 7' });
    expect(frames.every(({ peer }) => peer === 'CAP-1')).to.equal(true);
    expect(frames.map(({ seq }) => seq)).to.deep.equal(frames.map((_, i) => i + 1));
    expect(frames.some(({ text }) => text.includes('Heartbeat"'))).to.equal(false);

    const [first] = (await must(hub.api, 'GET', `/captures/${capture.id}/frames?limit=1`)).items;
    const page = await must(hub.api, 'GET', `/captures/${capture.id}/frames?limit=2&after=1`);
    expect([first.seq, ...page.items.map(({ seq }: Json) => seq), page.next]).to.deep.equal([1, 2, 3, '3']);
    expect((await must(hub.api, 'GET', '/captures')).items.map(({ id }: Json) => id)).to.include(capture.id);
    await must(hub.api, 'DELETE', `/captures/${capture.id}`);
    expect((await hub.api('GET', `/captures/${capture.id}/frames`)).status).to.equal(404);
    device.close();
    beside.close();
  });

  it('keeps the frames of a pile as bytes', async () => {
    await furnishChina(hub);
    const placed = { id: 'CAP-PILE', pileCode: '20231212000077' };
    await addPile(hub, placed);
    const capture = await must(hub.api, 'POST', '/captures', { stations: [placed.id] });
    const pile = await openPile(hub, placed);
    const frame = await captured(capture.id, placed.pileCode);
    expect([frame.protocol, frame.hex.slice(0, 2), frame.text]).to.deep.equal(['ykc', '68', undefined]);
    await must(hub.api, 'POST', `/captures/${capture.id}/stop`);
    pile.stop();
  });

  it('shows the frames of a station live', async () => {
    const password = await addStation(hub, 'CAP-3');
    const gone = new AbortController();
    const response = await fetch(`${hub.addresses.admin}/stations/CAP-3/frames`, {
      headers: { authorization: `Bearer ${hub.adminKey}` },
      signal: gone.signal,
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let seen = (await reader.read()).value ?? '';
    const device = await Device.open(hub.ocppUrl, 'CAP-3', password, '1.6');
    await boot(device, '1.6');
    while (!seen.includes('BootNotification')) seen += (await reader.read()).value ?? '';
    expect(seen).to.match(/event: frame\ndata: \{"at":"[^"]+","protocol":"ocpp1\.6","peer":"CAP-3","way":"in"/);
    gone.abort();
    device.close();
  });

  it('refuses what it cannot do, and says why', async () => {
    const start = (body: object) => hub.api('POST', '/captures', body);
    const refusals: [object, string][] = [
      [{ stations: [] }, 'body/stations'],
      [{ stations: ['CAP-1', 'NOBODY'] }, 'body/stations/1'],
      [{ stations: ['CAP-1'], minutes: 0 }, 'body/minutes'],
      [{ stations: ['CAP-1'], minute: 5 }, 'body/minute'],
    ];
    for (const [body, where] of refusals) {
      const { status, body: said } = await start(body);
      expect([status, said.error.where], JSON.stringify(body)).to.deep.equal([422, where]);
    }
    expect((await hub.api('GET', '/stations/NOBODY/frames')).status).to.equal(404);
    const runs = await must(hub.api, 'POST', '/captures', { stations: ['CAP-1'] });
    expect((await hub.api('DELETE', `/captures/${runs.id}`)).body.error.code).to.equal('capture_runs');
    expect((await hub.api('GET', `/captures/${runs.id}/frames?after=x`)).status).to.equal(422);
    await must(hub.api, 'POST', `/captures/${runs.id}/stop`);
  });
});
