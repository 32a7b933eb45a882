import { CODES } from '../codes.js';
import { defineCommand } from '../command.js';
import { ERRORS, failure } from '../errors.js';
import { EXIT, EXIT_MEANING } from '../exit.js';
import type { Text } from '../language.js';
import { outputOptions, type Row, showList } from '../output/show.js';

/** Everything that has a code, as rows of kind, code and meaning. */
export function explanations(language: keyof Text): readonly Row[] {
  const exits = Object.entries(EXIT_MEANING).map(([name, meaning]) => ({
    kind: 'exit',
    code: String(EXIT[name as keyof typeof EXIT_MEANING]),
    name,
    meaning: meaning[language],
  }));
  const errors = Object.entries(ERRORS).map(([code, entry]) => ({
    kind: 'error',
    code,
    name: `exit ${EXIT[entry.exit]}`,
    meaning: `${entry[language]}; ${entry.next}`,
  }));
  const protocol = CODES.map(({ kind, code, name, meaning }) => ({ kind, code, name, meaning: meaning[language] }));
  return [...exits, ...errors, ...protocol];
}

export const explain = defineCommand({
  about: { en: 'what a code means: exit, error, OCPI, OCPP, refusal', zh: '解释代码：退出码、错误、OCPI、OCPP、拒绝原因' },
  args: '[code]',
  options: outputOptions,
  examples: [
    { run: 'evroam explain 2001', about: { en: 'an OCPI status', zh: 'OCPI 状态码' } },
    { run: 'evroam explain FormationViolation -o json', about: { en: 'an OCPP error', zh: 'OCPP 错误码' } },
  ],
  async run({ args, options, io }) {
    const all = explanations(io.language);
    const wanted = args.code?.toLowerCase();
    const found =
      wanted === undefined
        ? all
        : all.filter(({ code, name }) => String(code).toLowerCase() === wanted || String(name).toLowerCase() === wanted);
    if (found.length === 0) throw failure('not-found', { what: `code ${args.code}`, list: 'evroam explain' });
    return showList(io, options, found, [{ path: 'kind' }, { path: 'code' }, { path: 'name' }, { path: 'meaning' }]);
  },
});
