import { homedir } from 'node:os';
import { join } from 'node:path';

/** Everything that the command takes from its environment, read once. */
export interface Environment {
  /** LC_ALL, LC_MESSAGES or LANG. */
  readonly locale: string | undefined;
  /** NO_COLOR (no-color.org) or a terminal that cannot. */
  readonly noColor: boolean;
  readonly forceColor: boolean;
  /** The folder of the contexts file. */
  readonly configFolder: string;
  readonly url: string | undefined;
  readonly apiKey: string | undefined;
  readonly context: string | undefined;
  /** EVROAM_CLOCK: the accelerated time that all processes of a demo share. */
  readonly clock: string | undefined;
  /** EVROAM_DATA: where a hub on this machine keeps its data. */
  readonly data: string;
  /** EVROAM_OUTPUT: the format when none is asked for, so that scripts need no flag. */
  readonly output: string | undefined;
  /** Handed on to processes that we start. */
  readonly all: Readonly<Record<string, string | undefined>>;
}

export function readEnvironment(env: Readonly<Record<string, string | undefined>> = process.env): Environment {
  return {
    locale: env.LC_ALL || env.LC_MESSAGES || env.LANG,
    noColor: Boolean(env.NO_COLOR) || env.TERM === 'dumb',
    forceColor: Boolean(env.FORCE_COLOR) && env.FORCE_COLOR !== '0',
    configFolder: join(env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'evroam'),
    url: env.EVROAM_URL || undefined,
    apiKey: env.EVROAM_API_KEY || undefined,
    context: env.EVROAM_CONTEXT || undefined,
    clock: env.EVROAM_CLOCK || undefined,
    data: env.EVROAM_DATA || '.data',
    output: env.EVROAM_OUTPUT || undefined,
    all: env,
  };
}
