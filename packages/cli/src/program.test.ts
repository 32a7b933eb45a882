import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { type Command, isBranch, type Leaf } from './command.js';
import { readEnvironment } from './config.js';
import { ERRORS } from './errors.js';
import { GROUPS } from './groups.js';
import { openIo } from './io.js';
import { nearest } from './nearest.js';
import { choose, examplesOf } from './program.js';
import { runCli } from './run.js';

function testIo(env: Record<string, string> = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io = openIo({
    stdin: new PassThrough().end(),
    stdout,
    stderr,
    environment: readEnvironment(env),
    signal: new AbortController().signal,
  });
  return { io, out: () => String(stdout.read() ?? ''), talk: () => String(stderr.read() ?? '') };
}

async function leaves(): Promise<{ path: string[]; leaf: Leaf }[]> {
  const found: { path: string[]; leaf: Leaf }[] = [];
  const walk = (path: string[], command: Command): void => {
    if (!isBranch(command)) found.push({ path, leaf: command });
    else for (const [name, below] of Object.entries(command.commands)) walk([...path, name], below);
  };
  for (const [name, { load }] of Object.entries(GROUPS)) walk([name], await load());
  return found;
}

/** The words of an example's command, as a shell would cut them, up to a pipe or a redirection. */
function wordsOf(example: string, name: string): string[] {
  const command = example.slice(example.indexOf(`evroam ${name}`) + 'evroam '.length);
  const words = [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
  const end = words.findIndex((word) => /^(\||<|>|>>|&&|\d?>.*)$/.test(word));
  // `< file` is taken out together with its file; what follows a pipe is another program's.
  const cut = words.findIndex((word) => word === '|' || word === '>' || word === '>>' || word === '&&');
  const mine = cut < 0 ? words : words.slice(0, cut);
  return end < 0 ? mine : mine.filter((word, index) => word !== '<' && mine[index - 1] !== '<');
}

describe('every command', () => {
  it('ends its help with two real examples of itself, in both languages', async () => {
    for (const { path, leaf } of await leaves()) {
      const name = path.join(' ');
      for (const lang of ['en', 'zh'] as const) {
        const { io, out } = testIo({ LANG: lang });
        expect(await runCli([...path, '--help'], io), name).to.equal(0);
        const help = out();
        const tail = help.slice(help.lastIndexOf(io.say('examples')));
        expect(tail.split('\n').filter((line) => line.startsWith('  # ')).length, name).to.be.at.least(2);
        for (const { run, about } of leaf.examples) {
          expect(tail, name).to.include(run);
          expect(tail, name).to.include(about[lang]);
          expect(run, name).to.include(`evroam ${name}`);
        }
      }
    }
  });

  it('has examples that parse', async () => {
    for (const { path, leaf } of await leaves()) {
      for (const { run } of leaf.examples) {
        const chosen = await choose(wordsOf(run, path.join(' ')), testIo().io);
        expect(typeof chosen === 'number' ? chosen : chosen.path.join(' '), run).to.equal(path.join(' '));
      }
    }
  });

  it('is told in one line in both languages, without a full stop', async () => {
    for (const { path, leaf } of await leaves()) {
      for (const text of [leaf.about, ...Object.values(leaf.options).map(({ about }) => about)]) {
        expect(text.en, path.join(' ')).to.match(/^[^\n]{3,100}[^.\n]$/);
        expect(text.zh, path.join(' ')).to.match(/[\u4e00-\u9fff]/);
      }
    }
  });

  it('stands under a word whose help shows two examples', async () => {
    for (const [name, { load }] of Object.entries(GROUPS)) expect(examplesOf(await load()).length, name).to.be.at.least(2);
  });
});

describe('a wrong command line', () => {
  const cases: [string, number, RegExp][] = [
    ['exlpain 2001', 2, /unknown-command: there is no command "exlpain"\ntry: evroam explain\n/],
    ['context lst', 2, /try: evroam context list\n/],
    ['explain --outptu json', 2, /unknown-option: there is no option --outptu\ntry: evroam explain --output json/],
    ['explain 1 2', 2, /too-many-arguments/],
    ['completion', 2, /missing-argument: the argument shell is missing/],
    ['explain 2001 -o xml', 2, /bad-value: --output cannot be "xml"/],
    ['explain 99999', 3, /not-found: there is no code 99999\ntry: evroam explain\n/],
    ['explain 2001 --query [0].nothing', 2, /no-such-path: the result has no \[0\]\.nothing/],
  ];
  for (const [line, code, message] of cases) {
    it(`"${line}" ends with ${code}, one cause and one next command`, async () => {
      const { io, out, talk } = testIo();
      expect(await runCli(line.split(' '), io)).to.equal(code);
      expect(talk()).to.match(message);
      expect(out()).to.equal('');
    });
  }

  it('gets its error as JSON where JSON was asked for', async () => {
    const { io, talk } = testIo();
    expect(await runCli(['explain', '99999', '-o', 'json'], io)).to.equal(3);
    expect(JSON.parse(talk())).to.deep.equal({
      error: { code: 'not-found', exit: 'notFound', cause: 'there is no code 99999', next: 'evroam explain' },
    });
  });

  it('is told in Chinese under a Chinese locale', async () => {
    const { io, talk } = testIo({ LANG: 'zh_CN.UTF-8' });
    await runCli(['exlpain'], io);
    expect(talk()).to.include('没有命令“exlpain”').and.to.include('请试：evroam explain');
  });
});

describe('the next command of an error', () => {
  it('is one that there is', async () => {
    for (const [code, { next }] of Object.entries(ERRORS)) {
      if (!next.startsWith('evroam ') || next.includes('{')) continue;
      const words = next.slice('evroam '.length).replace('<url>', 'http://x').split(' ');
      const chosen = await choose(words, testIo().io);
      expect(typeof chosen === 'number' ? chosen : 0, code).to.equal(0);
    }
  });
});

describe('did you mean', () => {
  it('takes a near word and leaves a far one', () => {
    expect(nearest('tarif', ['tariff', 'sim'])).to.equal('tariff');
    expect(nearest('prtoo', ['proto', 'sim'])).to.equal('proto');
    expect(nearest('banana', ['proto', 'sim'])).to.equal(undefined);
  });
});

describe('formats', () => {
  const show = async (...words: string[]) => {
    const { io, out } = testIo();
    expect(await runCli(['explain', '2001', ...words], io)).to.equal(0);
    return out();
  };
  it('show the same row in each', async () => {
    expect(JSON.parse(await show('-o', 'json'))).to.have.length(1);
    expect(JSON.parse(await show('-o', 'ndjson'))).to.include({ code: '2001' });
    expect(await show('-o', 'yaml'))
      .to.include('kind: ocpi\n')
      .and.to.include('code: "2001"');
    expect(await show('-o', 'csv', '--fields', 'kind,code')).to.equal('kind,code\r\nocpi,2001\r\n');
    expect(await show('-o', 'table', '--fields', 'code,kind')).to.equal('CODE  KIND\n2001  ocpi\n');
    expect(await show('--query', '[0].kind')).to.equal('ocpi\n');
  });
});
