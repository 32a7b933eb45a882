import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { actionsOf, openEndpoint, socketPair } from '@evroam/ocpp-core';
import { object, text } from '@evroam/ocpp-core/schema';
import * as v16 from '@evroam/ocpp-core/v16';
import { expect } from 'chai';

const folder = fileURLToPath(new URL('../..', import.meta.url));

describe('the README', () => {
  it('begins with lines that run', async () => {
    const [, code] = /```js\n([\s\S]*?)```/.exec(readFileSync(`${folder}/README.md`, 'utf8')) ?? [];
    if (!code) throw new Error('no code');
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { cwd: folder, timeout: 15_000 });
    expect(stdout)
      .to.match(/^\{ currentTime: '\d{4}-/)
      .and.to.match(/code: 'PropertyConstraintViolation'/)
      .and.to.match(/path: '\/type',\s+keyword: 'enum'/);
  });

  it('shows how to add a message of one’s own', async () => {
    const PressButton = actionsOf('1.6').call({
      name: 'PressButton',
      from: 'station',
      request: object({ button: text(20) }),
      response: object({}),
    });
    const actions = { ...v16, PressButton };
    const [left, right] = socketPair();
    const csms = openEndpoint('csms', left, { actions });
    const station = openEndpoint('station', right, { actions });
    csms.handle(PressButton, async () => ({}));
    expect(await station.call(PressButton, { button: 'red' })).to.deep.equal({});
    csms.close();
  });
});
