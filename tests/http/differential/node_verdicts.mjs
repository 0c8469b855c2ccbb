// SPDX-License-Identifier: MIT
// What Node's HTTP makes of a message, over loopback sockets. Nothing here waits for a time to pass, except for a
// verdict that never comes.
import http from 'node:http';
import net from 'node:net';

const loopback = '127.0.0.1';
const maxHeaderSize = 64 * 1024; // as our parser's
const patience = 3000; // milliseconds, after which a response counts as one that does not end

const requestSentinel = Buffer.from('GET /sentinel HTTP/1.1\r\nHost: sentinel\r\n\r\n');
const responseSentinel = Buffer.from('HTTP/1.1 299 Sentinel\r\nContent-Length: 8\r\n\r\nsentinel');

const pairs = (raw) => raw.filter((_, i) => i % 2 === 0).map((name, i) => [name, raw[2 * i + 1]]);
const turns = async (count) => {
    for (; count > 0; --count) await new Promise((resolve) => setImmediate(resolve));
};

function listening(server) {
    return new Promise((resolve) => server.listen(0, loopback, () => resolve(server.address().port)));
}

/** Shows requests to Node's server. */
export class RequestJudge {
    async start() {
        this.server = http.createServer({
            insecureHTTPParser: false, maxHeaderSize, requestTimeout: 0, headersTimeout: 0, keepAliveTimeout: 0,
        });
        this.server.maxHeadersCount = 0;
        const take = (request, response) => {
            const seen = this.record(request);
            seen.keepAlive = response.shouldKeepAlive;
            request.on('data', (piece) => seen.body.push(piece));
            request.on('end', () => {
                seen.trailers = pairs(request.rawTrailers);
                seen.complete = true;
                response.end();
            });
            request.on('error', () => {});
        };
        this.server.on('request', take);
        this.server.on('checkContinue', take);
        this.server.on('checkExpectation', take);
        this.server.on('connect', (request, socket, rest) => {
            const seen = this.record(request);
            Object.assign(seen, { complete: true, keepAlive: true });
            this.sentinelSeen = rest.equals(requestSentinel);
            socket.destroy();
        });
        this.server.on('connection', (socket) => (this.socket = socket));
        this.server.on('clientError', (error, socket) => {
            this.error = error.code;
            socket.destroy();
        });
        this.port = await listening(this.server);
    }

    stop() {
        this.server.closeAllConnections();
        this.server.close();
    }

    record(request) {
        const seen = {
            method: request.method,
            target: request.url,
            version: request.httpVersion,
            fields: pairs(request.rawHeaders),
            trailers: [],
            body: [],
            complete: false,
        };
        if (this.seen.length === 1 && seen.target === '/sentinel') this.sentinelSeen = true;
        this.seen.push(seen);
        return seen;
    }

    /**
     * Node's verdict on `bytes`. With `another` being 'at once' or 'later', a second request follows, together with them or
     * once they are read, and `endsHere` of the result tells whether Node took it for one.
     */
    async verdict(bytes, another) {
        Object.assign(this, { seen: [], error: null, socket: null, sentinelSeen: false });
        const data = another === 'at once' ? Buffer.concat([bytes, requestSentinel]) : bytes;
        const client = net.connect(this.port, loopback);
        let answer = '';
        let closed = false;
        client.setEncoding('latin1');
        client.on('data', (text) => (answer += text));
        client.on('error', () => {});
        const gone = new Promise((resolve) => client.on('close', resolve)).then(() => (closed = true));
        const send = async (data, total) => {
            client.write(data);
            while (!closed && !this.error && !(this.socket && this.socket.bytesRead >= total)) await turns(1);
            await turns(4); // the server emits a body's end some turns after it has read it
        };
        await send(data, data.length);
        if (another === 'later') await send(requestSentinel, data.length + requestSentinel.length);
        const settled = this.seen[0]?.complete;
        if (!settled) client.end(); // a request that is not over now ends here: Node says so, or has refused it before
        else client.destroy();
        await gone;

        const first = this.seen[0];
        if (!settled) {
            const cut = this.error === 'HPE_INVALID_EOF_STATE' || (!this.error && !/^HTTP\/1.1 4/.test(answer));
            return cut ? { result: 'incomplete' } : { result: 'reject', error: this.error ?? answer.slice(9, 12) };
        }
        const requestsAsExpected = this.seen.length === (another && first.method !== 'CONNECT' ? 2 : 1);
        return {
            ...first,
            result: 'accept',
            body: Buffer.concat(first.body).toString('hex'),
            endsHere: requestsAsExpected && !this.error && this.sentinelSeen === Boolean(another),
        };
    }
}

/** Shows responses to Node's client. */
export class ResponseJudge {
    async start() {
        this.server = net.createServer((socket) => {
            ++this.connections;
            let received = '';
            socket.setEncoding('latin1');
            socket.on('error', () => {});
            socket.on('data', (text) => {
                received += text;
                if (!received.endsWith('\r\n\r\n')) return;
                received = '';
                const [bytes, close] = this.script.shift() ?? [responseSentinel, true];
                socket.write(bytes);
                if (close) socket.end();
            });
        });
        this.port = await listening(this.server);
    }

    stop() {
        this.server.close();
    }

    exchange(agent, method) {
        return new Promise((resolve) => {
            const seen = { result: 'incomplete', interim: [] };
            const request = http.request({
                host: loopback, port: this.port, agent, method, insecureHTTPParser: false, maxHeaderSize,
            });
            const done = () => {
                clearTimeout(timer);
                resolve(seen);
            };
            const timer = setTimeout(() => {
                request.destroy();
                done();
            }, patience);
            const describe = (response) => Object.assign(seen, {
                status: response.statusCode,
                reason: response.statusMessage,
                version: response.httpVersion,
                fields: pairs(response.rawHeaders),
                trailers: [],
                body: '',
            });
            request.maxHeadersCount = 0;
            request.on('information', (info) => seen.interim.push({
                status: info.statusCode,
                reason: info.statusMessage,
                version: info.httpVersion,
                fields: pairs(info.rawHeaders),
                trailers: [],
                body: '',
            }));
            request.on('upgrade', (response, socket, rest) => {
                describe(response).result = 'accept';
                seen.rest = rest.toString('hex');
                socket.destroy();
                done();
            });
            request.on('error', (error) => {
                if (error.code.startsWith('HPE_') && error.code !== 'HPE_INVALID_EOF_STATE') {
                    seen.result = 'reject';
                    seen.error = error.code;
                } else if (seen.result === 'accept') {
                    seen.lateError = error.code;
                }
                done();
            });
            request.on('response', (response) => {
                describe(response);
                const body = [];
                response.on('data', (piece) => body.push(piece));
                response.on('end', () => {
                    seen.result = 'accept';
                    seen.body = Buffer.concat(body).toString('hex');
                    seen.trailers = pairs(response.rawTrailers);
                    setImmediate(done); // an error over bytes past the end comes in this turn
                });
                response.on('error', () => {}); // cut short: the request tells whether it was malformed
                response.on('close', () => setImmediate(done));
            });
            request.end();
        });
    }

    /**
     * Node's verdict on `bytes` in answer to `method`. Without `another` the connection ends after them. With it, it stays
     * open, `endsHere` tells whether a second request got its response, and `keepAlive` whether that was over the same
     * connection. An interim response is followed by a final one, which counts as that second.
     */
    async verdict(bytes, method, { interim, another }) {
        this.connections = 0;
        this.script = interim ? [[Buffer.concat([bytes, responseSentinel]), true]] : [[bytes, !another]];
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        const seen = await this.exchange(agent, method);
        let result = seen;
        if (interim && seen.interim.length > 0) {
            result = { ...seen.interim[0], result: 'accept' };
            result.endsHere = seen.interim.length === 1 && seen.status === 299;
        } else if (seen.result === 'accept') {
            result.endsHere = !seen.lateError && !seen.rest;
            if (another) {
                const second = await this.exchange(agent, 'GET');
                result.endsHere &&= second.status === 299;
                result.keepAlive = this.connections === 1;
            }
        }
        agent.destroy();
        return result;
    }
}
