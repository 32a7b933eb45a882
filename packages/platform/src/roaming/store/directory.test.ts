import { expect } from 'chai';
import { createDirectory } from './directory.js';

describe('the directory of who is where', () => {
  it('asks once in a moment, and again after it or after a change', async () => {
    let now = 0;
    let asked = 0;
    const directory = createDirectory(() => now);
    const ask = () =>
      directory.get('home', async () => {
        asked += 1;
        return String(asked);
      });
    expect([await ask(), await ask()]).to.deep.equal(['1', '1']);
    directory.forget();
    expect(await ask()).to.equal('2');
    now = 2000;
    expect(await ask()).to.equal('3');
  });
  it('does not keep what is not there, nor what was read before a change', async () => {
    const directory = createDirectory(() => 0);
    expect(await directory.get('home', async () => undefined)).to.equal(undefined);
    let answer: (value: string) => void = () => undefined;
    const slow = directory.get(
      'home',
      () =>
        new Promise<string>((resolve) => {
          answer = resolve;
        }),
    );
    directory.forget();
    answer('old');
    expect(await slow).to.equal('old');
    expect(await directory.get('home', async () => 'new')).to.equal('new');
  });
});
