// Runs the official suite and judges what it wrote. A warning or a skipped check counts as a failure:
// so the suite says that it could not exercise a requirement.

import { readdirSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { Child, HERE, NODE } from './child.ts';

const SUITE = `${HERE}node_modules/@modelcontextprotocol/conformance/dist/index.js`;
const OUT = `${HERE}out`;
const SERVER_WITHIN_MS = 600_000;
const CLIENT_WITHIN_MS = 120_000;

/** Scenarios of a set that are not scored but must pass all the same: they test what a gateway is for. */
const ALSO_REQUIRED: Record<string, string[]> = {
  '2026-07-28': ['http-header-validation', 'http-custom-header-server-validation', 'json-schema-2020-12'],
  '2025-11-25': ['server-session-lifecycle', 'json-schema-2020-12'],
};

/** Checks that may be skipped: modern clients send no handshake, and a server that offers nothing gets no call. */
const MAY_BE_SKIPPED = new Set([
  'ClientMcpMethodHeader_initialize',
  'ClientMcpMethodHeader_notifications_initialized',
  'ClientDeclaresRootsCapability',
  'ClientDeclaresSamplingCapability',
  'ClientDeclaresElicitationCapability',
]);

interface Check {
  id: string;
  name: string;
  description: string;
  status: 'SUCCESS' | 'FAILURE' | 'WARNING' | 'SKIPPED' | 'INFO';
  errorMessage?: string;
}

/** Runs the server scenarios that a revision requires against a URL; whether all of them passed. */
export async function judgeServer(url: string, revision: string, label: string): Promise<boolean> {
  const out = fresh(`server-${revision}`);
  const command = [NODE, SUITE, 'server', '--url', url, '--requirements', revision, '-o', out];
  const { code, output } = await Child.run(command, SERVER_WITHIN_MS, { cwd: HERE });
  writeFileSync(`${out}.txt`, output);
  const required = [...(await requiredServerScenarios(revision)), ...(ALSO_REQUIRED[revision] ?? [])];
  const verdicts = required.map(scenario => verdict(out, `server-${scenario}`, scenario));
  const good = verdicts.filter(passed => passed).length;
  for (const line of output.split('\n')) if (/^(Total|Not scored)/.test(line)) console.log(`  suite: ${line}`);
  return conclude(`${label} server ${revision}`, good, required.length, code);
}

/** How the client of a scenario reaches the gateway, and the port where that looks for the suite's server. */
export interface Through {
  url: string;
  key: string;
  port: number;
}

/** Runs a client scenario with the known-good client; whether it passed. */
export async function judgeClient(scenario: string, revision: string, through?: Through): Promise<boolean> {
  const out = fresh(`client-${revision}-${scenario}`);
  const command = [NODE, SUITE, 'client', '--command', `${NODE} client.ts`, '--scenario', scenario, '--spec-version', revision];
  command.push('--timeout', String(CLIENT_WITHIN_MS - 30_000), '-o', out);
  const env = { ...process.env, ...(through && { CONFORMANCE_THROUGH: JSON.stringify(through) }) };
  const { code, output } = await Child.run(command, CLIENT_WITHIN_MS, { cwd: HERE, env });
  writeFileSync(`${out}.txt`, output);
  const passed = verdict(out, scenario, scenario);
  const summary = /^Passed: .*$/m.exec(output)?.[0] ?? 'no summary';
  console.log(`  suite: ${scenario}: ${summary}`);
  if (!passed) console.log(lastLines(out, scenario));
  return conclude(`${through ? 'gateway' : 'direct'} client ${revision} ${scenario}`, passed ? 1 : 0, 1, code);
}

function conclude(what: string, good: number, of: number, code: number): boolean {
  const passed = good === of && code === 0;
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${what}: ${good}/${of} scenarios, suite exit ${code}`);
  return passed;
}

async function requiredServerScenarios(revision: string): Promise<string[]> {
  const { output } = await Child.run([NODE, SUITE, 'list', '--requirements', revision], 30_000, { cwd: HERE });
  const [, section = ''] = /^Server scenarios[^\n]*\n((?: {2}- .*\n)+)/m.exec(output) ?? [];
  const scenarios = section.split('\n').map(line => line.trim().slice(2)).filter(name => name);
  if (scenarios.length === 0) throw new Error(`the suite lists no server scenarios for ${revision}`);
  return scenarios;
}

/** Whether a scenario ran and every check of it passed; what did not is printed. */
function verdict(out: string, folderPrefix: string, scenario: string): boolean {
  const folder = readdirSync(out).find(name => name.replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, '') === folderPrefix);
  if (!folder) {
    console.log(`  ${scenario}: did not run`);
    return false;
  }
  const checks: Check[] = JSON.parse(readFileSync(`${out}/${folder}/checks.json`, 'utf8'));
  const bad = checks.filter(({ status, name }) =>
    status === 'SKIPPED' ? !MAY_BE_SKIPPED.has(name) : status === 'FAILURE' || status === 'WARNING');
  for (const { id, status, description, errorMessage } of bad) {
    console.log(`  ${scenario} ${status} ${id}: ${errorMessage ?? description}`);
  }
  const exercised = checks.some(({ status }) => status === 'SUCCESS');
  if (!exercised) console.log(`  ${scenario}: no check passed`);
  return bad.length === 0 && exercised;
}

function lastLines(out: string, scenario: string): string {
  const folder = readdirSync(out).find(name => name.startsWith(scenario));
  if (!folder) return '';
  const stderr = readFileSync(`${out}/${folder}/stderr.txt`, 'utf8').trimEnd().split('\n');
  return stderr.slice(-15).map(line => `    ${line}`).join('\n');
}

function fresh(name: string): string {
  const folder = `${OUT}/${name}`;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
