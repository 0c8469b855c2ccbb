// SPDX-License-Identifier: MIT
// Reads a corpus of messages. A case begins with `=== name`, then come `key: value` lines, then the message: a line that
// begins with ">" stands for its text and CRLF, one that begins with "|" for its text alone. In both, and in `body`:
//   \r \n \t \s (space) \0 \\ \xHH   one byte
//   \{N:text}                        the text N times
//   \E                               no byte; the message ends here, what follows is no part of it
// Keys: section (what the case is about), expect (`accept`, `incomplete` or `reject` with our error's name), body (when
// accepted; without it the body is empty), to (responses: the request's method), node (the other verdict that Node gives, in
// this version or another; without it both must agree), differs (a part that Node reads otherwise though both accept) and why
// (the reason of the difference, or anything a reader should know).
import { readFileSync } from 'node:fs';

const knownKeys = new Set(['section', 'expect', 'body', 'to', 'node', 'differs', 'why']);
const singles = { r: 13, n: 10, t: 9, s: 32, 0: 0, '\\': 92 };

/** The bytes that `text` stands for, appended to `bytes`; returns where \E stands, or -1. */
function appendUnescaped(text, bytes, fail) {
    let end = -1;
    for (let i = 0; i < text.length; ++i) {
        if (text[i] !== '\\') {
            if (text.charCodeAt(i) > 126) fail('only ASCII may stand in a message without an escape');
            bytes.push(text.charCodeAt(i));
            continue;
        }
        const kind = text[++i];
        if (kind in singles) {
            bytes.push(singles[kind]);
        } else if (kind === 'x' && /^[0-9a-fA-F]{2}$/.test(text.slice(i + 1, i + 3))) {
            bytes.push(parseInt(text.slice(i + 1, i + 3), 16));
            i += 2;
        } else if (kind === '{') {
            const match = /^(\d+):((?:\\\{[^}]*\}|[^}])*)\}/.exec(text.slice(i + 1)); // one may stand within another
            if (!match) fail('a repetition is written \\{N:text}');
            const repeated = [];
            appendUnescaped(match[2], repeated, fail);
            for (let count = Number(match[1]); count > 0; --count) bytes.push(...repeated);
            i += match[0].length;
        } else if (kind === 'E') {
            end = bytes.length;
        } else {
            fail(`no such escape: \\${kind}`);
        }
    }
    return end;
}

/** The cases of the file at `path`: { name, kind, section, expect, error, body, end, to, node, why, bytes, place }. */
export function readCorpus(path, kind) {
    const cases = [];
    let current = null;
    readFileSync(path, 'utf8').split('\n').forEach((line, index) => {
        const place = `${path}:${index + 1}`;
        const fail = (what) => {
            throw new Error(`${place}: ${what}`);
        };
        if (line.startsWith('=== ')) {
            current = { name: line.slice(4), kind, place, data: [], end: -1, keys: {} };
            if (cases.some((other) => other.name === current.name)) fail('this name is taken');
            cases.push(current);
        } else if (line.startsWith('>') || line.startsWith('|')) {
            if (!current) fail('a message without a case');
            const end = appendUnescaped(line.slice(line[1] === ' ' ? 2 : 1), current.data, fail);
            if (end >= 0) current.end = end;
            if (line[0] === '>') current.data.push(13, 10);
        } else if (line !== '' && !line.startsWith('#')) {
            const match = /^([a-z]+): (.+)$/.exec(line);
            if (!match || !knownKeys.has(match[1])) fail('neither a key nor a part of a message');
            current.keys[match[1]] = match[2];
        }
    });
    return cases.map((each) => finished(each));
}

function finished({ name, kind, place, data, end, keys }) {
    const fail = (what) => {
        throw new Error(`${place}: ${what}`);
    };
    const [expect, error] = (keys.expect ?? '').split(' ');
    if (!['accept', 'reject', 'incomplete'].includes(expect) || (expect === 'reject') !== Boolean(error))
        fail('expect must be accept, incomplete or reject with an error');
    if (!keys.section) fail('section is missing');
    if (keys.node && (!['accept', 'reject', 'incomplete'].includes(keys.node) || keys.node === expect || !keys.why))
        fail('node is a verdict that differs from ours, and why says why it does');
    if (keys.differs && !keys.why) fail('why says why a part differs');
    const body = [];
    appendUnescaped(keys.body ?? '', body, fail);
    return {
        name, kind, place, expect, error,
        section: keys.section,
        body: Buffer.from(body),
        bytes: Buffer.from(data),
        end: end < 0 ? data.length : end,
        to: keys.to ?? 'GET',
        node: keys.node ?? expect,
        differs: keys.differs,
    };
}
