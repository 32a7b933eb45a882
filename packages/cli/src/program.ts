import { Command as CommanderCommand, CommanderError, Option as CommanderOption, type Command as Word } from 'commander';
import { type Command, type Example, isBranch, type Leaf } from './command.js';
import { CliError } from './errors.js';
import { EXIT, type ExitCode } from './exit.js';
import { GROUPS } from './groups.js';
import type { Io } from './io.js';
import { nearest } from './nearest.js';

/** What a parsed command line would do. */
export interface Chosen {
  readonly leaf: Leaf;
  readonly path: readonly string[];
  readonly args: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** Reads a command line; gives what to run, or the exit code when help was asked for. Throws CliError on wrong usage. */
export async function choose(argv: readonly string[], io: Io): Promise<Chosen | ExitCode> {
  let chosen: Chosen | undefined;
  const screen: Screen = { out: '', error: '' };
  const program = dress(new CommanderCommand('evroam'), io, screen, [
    { run: 'evroam demo', about: { en: 'one roaming story, from the plug to the statement', zh: '一次完整的漫游：从插枪到结算单' } },
    { run: 'evroam proto lint ocpp < messages.ndjson --ndjson', about: { en: 'check messages', zh: '检查报文' } },
  ]);
  program.description(ABOUT[io.language]).option('-V, --version', io.say('versionAbout'));
  // Only the group that is asked for is loaded: a start costs what it uses.
  const wanted = argv.find((word) => !word.startsWith('-')) ?? '';
  const name = wanted === 'help' ? argv.filter((word) => !word.startsWith('-'))[1] : wanted;
  for (const [group, { about, load }] of Object.entries(GROUPS)) {
    if (group !== name) program.command(group).description(about[io.language]);
    else
      attach(program, group, await load(), [], io, screen, (found) => {
        chosen = found;
      });
  }
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    const code = endOf(error, argv, program);
    await io.out(screen.out);
    if (screen.error !== '') io.talk(screen.error.trimEnd());
    return code;
  }
  if (chosen) return chosen;
  program.outputHelp();
  io.talk(screen.out.trimEnd());
  return EXIT.usage;
}

/** Help as it is written, until it is known where it belongs. */
interface Screen {
  out: string;
  error: string;
}

const ABOUT = {
  en: 'The roaming hub for charging, and tools for its protocols.',
  zh: '充电互联互通平台及其协议工具。',
};

function attach(
  parent: Word,
  name: string,
  command: Command,
  above: readonly string[],
  io: Io,
  screen: Screen,
  found: (chosen: Chosen) => void,
): void {
  const path = [...above, name];
  const word = dress(parent.command(name), io, screen, examplesOf(command)).description(command.about[io.language]);
  if (isBranch(command)) {
    for (const [below, child] of Object.entries(command.commands)) attach(word, below, child, path, io, screen, found);
    word.action((_options, self: Word) => {
      const [given] = self.args;
      if (given !== undefined) throw unknownCommand(given, Object.keys(command.commands), path);
      self.outputHelp({ error: true });
      throw new CommanderError(EXIT.usage, 'evroam.help', '');
    });
    word.allowExcessArguments(true);
    return;
  }
  if (command.args !== '') word.arguments(command.args);
  for (const [key, option] of Object.entries(command.options)) {
    const flags = `${option.short === undefined ? '' : `-${option.short}, `}--${kebab(key)}${option.value === undefined ? '' : ` <${option.value}>`}`;
    const about = option.about[io.language] + (option.shownDefault === undefined ? '' : ` (${option.shownDefault})`);
    word.addOption(
      new CommanderOption(flags, about).argParser((value: string, before: readonly string[] | undefined) => [...(before ?? []), value]),
    );
  }
  word.action((...given: unknown[]) => {
    const names = command.args.split(' ').filter((part) => part !== '');
    const args = Object.fromEntries(
      names.map((part, index) => [part.replace(/[<>[\].]/g, ''), given[index] ?? (part.includes('...') ? [] : undefined)]),
    );
    const raw: Readonly<Record<string, unknown>> = word.opts();
    const options = Object.fromEntries(
      Object.entries(command.options).map(([key, option]) => [
        key,
        option.read(kebab(key), raw[key] === true ? [] : (raw[key] as readonly string[] | undefined)),
      ]),
    );
    found({ leaf: command, path, args, options });
  });
}

/** Our own language, our own end, and examples last. */
function dress(word: Word, io: Io, screen: Screen, examples: readonly Example[]): Word {
  word
    .exitOverride()
    .showSuggestionAfterError(true)
    .helpOption('-h, --help', io.say('helpAbout'))
    .helpCommand(false)
    .configureOutput({
      writeOut: (part) => {
        screen.out += part;
      },
      writeErr: (part) => {
        screen.error += part;
      },
      outputError: () => {}, // said once, by run.ts
    })
    .configureHelp({ styleTitle: (title) => titleIn(io, title), helpWidth: io.width() })
    .addHelpText(
      'after',
      () => `\n${io.say('examples')}\n${examples.map(({ run, about }) => `  # ${about[io.language]}\n  ${run}`).join('\n')}`,
    );
  return word;
}

function titleIn(io: Io, title: string): string {
  switch (title) {
    case 'Usage:':
      return io.say('usage');
    case 'Arguments:':
      return io.say('arguments');
    case 'Options:':
      return io.say('options');
    case 'Commands:':
      return io.say('commands');
    default:
      return title;
  }
}

/** A branch shows the first examples of what is below it. */
export function examplesOf(command: Command): readonly Example[] {
  if (!isBranch(command)) return command.examples;
  const below = Object.values(command.commands).map(examplesOf);
  const firsts = below.flatMap((examples) => examples.slice(0, 1));
  return (firsts.length > 1 ? firsts : below.flat()).slice(0, 2);
}

function endOf(error: CommanderError, argv: readonly string[], program: Word): ExitCode {
  if (error.code === 'commander.helpDisplayed' || error.code === 'commander.help') return EXIT.done;
  if (error.code === 'evroam.help') return EXIT.usage;
  const name = /'([^']+)'/.exec(error.message)?.[1] ?? '';
  const suggestion = /\(Did you mean (?:one of )?([^?]+)\?\)/.exec(error.message)?.[1];
  const words = argv.filter((word) => !word.startsWith('-'));
  const hint = suggestion === undefined ? {} : { hint: suggested(argv, name, suggestion.split(', ')[0] ?? '') };
  switch (error.code) {
    case 'commander.unknownCommand':
      throw unknownCommand(
        name,
        program.commands.map((each) => each.name()),
        ['evroam'],
      );
    case 'commander.unknownOption':
      throw new CliError('unknown-option', { name }, hint);
    case 'commander.missingArgument':
      throw new CliError('missing-argument', { name });
    case 'commander.optionMissingArgument':
      throw new CliError('bad-value', { name, value: '', why: 'a value is missing' });
    case 'commander.excessArguments':
      throw new CliError('too-many-arguments', {});
    default:
      throw new CliError('bad-input', { why: error.message.replace(/^error: /, '') || words.join(' ') });
  }
}

const suggested = (argv: readonly string[], wrong: string, right: string): string =>
  `evroam ${argv.map((word) => (word === wrong || word.startsWith(`${wrong}=`) ? right + word.slice(wrong.length) : word)).join(' ')}`;

function unknownCommand(given: string, known: readonly string[], path: readonly string[]): CliError {
  const near = nearest(given, known);
  const before = path[0] === 'evroam' ? 'evroam' : `evroam ${path.join(' ')}`;
  return new CliError('unknown-command', { name: given }, { hint: near === undefined ? `${before} --help` : `${before} ${near}` });
}

const kebab = (key: string): string => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
