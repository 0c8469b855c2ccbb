// SPDX-License-Identifier: MIT
// Shows every message of the corpus to our parser and to Node's and holds both to what the corpus says:
//   1. our verdict, the body and the message's end are what the case expects;
//   2. where both accept, they agree on the start line, fields, trailers, body and end;
//   3. where they differ in the verdict, the case says so and why.
// Usage: node compare.mjs PROBE [--show], PROBE being the program that runs our parser.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { readCorpus } from './corpus.mjs';
import { RequestJudge, ResponseJudge } from './node_verdicts.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const probe = process.argv[2];
const show = process.argv.includes('--show');

const requests = readCorpus(here('requests.corpus'), 'request');
const responses = readCorpus(here('responses.corpus'), 'response');
const cases = [...requests, ...responses];

function ourVerdicts() {
    const input = cases.map((each) => `${each.kind} ${each.to} ${each.bytes.toString('hex')}\n`).join('');
    const run = spawnSync(probe, { input, encoding: 'latin1', maxBuffer: 1 << 28 });
    if (run.error || run.status !== 0) throw new Error(`${probe} failed: ${run.error ?? run.stderr}`);
    const lines = run.stdout.trimEnd().split('\n');
    if (lines.length !== cases.length) throw new Error(`${cases.length} cases, but ${lines.length} verdicts`);
    return lines.map((line) => JSON.parse(line));
}

let disagreements = 0;
function check(one, ok, what, ours, node) {
    if (ok) return;
    ++disagreements;
    console.log(`${one.place}: ${one.name} (${one.section}): ${what}`);
    console.log(`    ours: ${JSON.stringify(ours)}`);
    if (node !== undefined) console.log(`    node: ${JSON.stringify(node)}`);
}

function checkOurs(one, ours) {
    const verdict = ours.result === 'reject' ? `reject ${ours.error}` : ours.result;
    const expected = one.expect === 'reject' ? `reject ${one.error}` : one.expect;
    check(one, verdict === expected, `our verdict is not the expected one (${expected})`, ours);
    check(one, ours.steady, 'our verdict depends on how the bytes are cut into pieces', ours);
    if (ours.result !== 'accept' || one.expect !== 'accept') return;
    check(one, ours.body === one.body.toString('hex'), 'our body is not the expected one', ours);
    check(one, ours.end === one.end, `the message ends at ${one.end}, we say ${ours.end}`, ours);
}

function checkBoth(one, ours, node) {
    const known = node.result === ours.result || node.result === one.node;
    check(one, known, 'Node differs, and the corpus does not say why', ours, node);
    if (ours.result !== 'accept' || node.result !== 'accept') return;
    const parts = one.kind === 'request' ? ['method', 'target'] : ['status', 'reason'];
    if (node.keepAlive !== undefined) parts.push('keepAlive');
    for (const part of [...parts, 'version', 'fields', 'trailers', 'body']) {
        const same = JSON.stringify(ours[part]) === JSON.stringify(node[part]);
        check(one, same || one.differs === part, `${part} differs`, ours[part], node[part]);
    }
    check(one, node.endsHere, 'Node ends the message elsewhere', ours, node);
}

const verdicts = ourVerdicts();
const requestJudge = new RequestJudge();
const responseJudge = new ResponseJudge();
await requestJudge.start();
await responseJudge.start();
for (const [index, one] of cases.entries()) {
    const ours = verdicts[index];
    checkOurs(one, ours);
    // What follows a message's end is replaced by something that Node must recognize as the next message.
    const accepted = ours.result === 'accept';
    const bytes = accepted ? one.bytes.subarray(0, ours.end) : one.bytes;
    const another = accepted && ours.keepAlive && (ours.upgrade ? 'later' : 'at once');
    const node = one.kind === 'request'
        ? await requestJudge.verdict(bytes, another)
        : await responseJudge.verdict(bytes, one.to, { interim: ours.interim ?? false, another });
    if (show) console.log(`${one.name}\n    ours ${JSON.stringify(ours)}\n    node ${JSON.stringify(node)}`);
    checkBoth(one, ours, node);
}
requestJudge.stop();
responseJudge.stop();

console.log(`${requests.length} requests, ${responses.length} responses, ${disagreements} disagreements`);
process.exitCode = disagreements === 0 ? 0 : 1;
