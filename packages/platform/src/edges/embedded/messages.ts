/** What the processes of the embedded servers say to each other. Secrets travel here and not in argv, which every local user can read. */

export type ServiceName = 'postgres' | 'valkey';

/** Hub to supervisor, once. */
export interface Plan {
  dataDir: string;
  services: readonly ServiceName[];
  /** The ports and passwords of an earlier supervisor, so that clients reconnect to where they were. */
  known: Partial<Record<ServiceName, Known>>;
  /** A folder of a test: nothing is synced to disk, and the folder goes when the servers do. */
  throwaway: boolean;
}

export interface Known {
  port: number;
  password: string;
}

/** Supervisor to a service, once. */
export interface ServiceOrder {
  dataDir: string;
  known?: Known;
  throwaway: boolean;
}

/** A service to its supervisor, and from there, with its name, to the hub. */
export type ServiceNews =
  | { kind: 'step'; text: string }
  | ({ kind: 'ready'; url: string } & Known)
  /** It cannot run, and trying again would not help. */
  | { kind: 'fault'; reason: string };

export type SupervisorNews =
  | { kind: 'news'; service: ServiceName; news: ServiceNews }
  | { kind: 'down'; service: ServiceName; pid: number | undefined; reason: string }
  | { kind: 'up'; service: ServiceName; pid: number | undefined };
