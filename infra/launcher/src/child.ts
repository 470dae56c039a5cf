import { spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { DataFolder } from './data-folder.ts';
import { identify, signalIfThere } from './process-identity.ts';

const logBytesMax = 10 * 1024 * 1024;

/** What to run. */
export interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Run as this user; only root can. */
  readonly user?: { uid: number; gid: number };
  /** Takes the output; without it, it goes straight to the log file, which outlives this process. */
  readonly onOutput?: (output: Readable, logPath: string) => void;
}

/** A started process. */
export interface Child {
  readonly pid: number;
  readonly logPath: string;
  /** Where its own part of the log begins, in bytes. */
  readonly logStart: number;
  /** Settles once it is gone, with its exit code, or null when a signal ended it. */
  readonly ended: Promise<number | null>;
  hasEnded(): boolean;
  /** Asks it to stop, kills it after `graceMs`, and waits until it is gone. */
  stop(signal: NodeJS.Signals, graceMs: number): Promise<void>;
}

/**
 * Starts a process in a group of its own, so that a Ctrl-C in the terminal does not reach it before this process has
 * stopped those who use it, and remembers it in services.json in case this process is killed.
 */
export function startChild(folder: DataFolder, command: Command): Child {
  if (folder.isClosing) throw new Error(`${command.name} was not started: everything is being stopped.`);
  const logPath = join(folder.path, 'logs', `${command.name}.log`);
  const log = openLog(logPath);
  const logStart = fstatSync(log).size;
  const child = spawn(command.file, command.args, {
    cwd: command.cwd,
    env: command.env ?? process.env,
    detached: true,
    stdio: ['ignore', command.onOutput ? 'pipe' : log, log],
    ...command.user,
  });
  closeSync(log);
  if (child.stdout) command.onOutput?.(child.stdout, logPath);
  let isEnded = false;
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => {
      isEnded = true;
      reject(new Error(`${command.name} could not be started: ${error.message}`));
    });
    child.once('exit', (code) => {
      isEnded = true;
      resolve(code);
    });
  });
  ended.catch(() => undefined);
  const pid = child.pid ?? 0;
  remember(folder, command.name, pid);
  return {
    pid,
    logPath,
    logStart,
    ended,
    hasEnded: () => isEnded,
    stop: async (signal, graceMs) => {
      if (!isEnded) signalIfThere(pid, signal);
      const killer = setTimeout(() => !isEnded && signalIfThere(pid, 'SIGKILL'), graceMs);
      await ended.catch(() => undefined);
      clearTimeout(killer);
      if (folder.remembered.processes[command.name]?.pid === pid) delete folder.remembered.processes[command.name];
      folder.save();
    },
  };
}

function remember(folder: DataFolder, name: string, pid: number): void {
  const identity = pid > 0 ? identify(pid) : undefined;
  if (!identity) return;
  folder.remembered.processes[name] = identity;
  folder.save();
}

function openLog(path: string): number {
  mkdirSync(join(path, '..'), { recursive: true });
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > logBytesMax) renameSync(path, `${path}.1`);
  return openSync(path, 'a');
}
