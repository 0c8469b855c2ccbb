// SPDX-License-Identifier: MIT
#pragma once

#include "behaviour/story.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace reverxy::test {

/// What the origin answers once. Fields are lines, "Name: value".
struct Reply {
    int status = 200;
    QByteArrayList fields;
    std::string body = "body";
};

/// Lines as a request wants them, each with its CRLF.
inline std::string lines(const QByteArrayList& fields) {
    std::string text;
    for (const QByteArray& field : fields)
        text += field.toStdString() + "\r\n";
    return text;
}

/// One origin behind the proxy with its cache on. Each resource is a target of its own, with a list of replies: one
/// for each request that reaches the origin, the last one for all further ones.
class CachedResources {
  public:
    explicit CachedResources(const config::Cache& cache = {})
        : m_origin([this](OriginExchange& exchange) { answer(exchange); }), m_proxy(configuration(cache)) {}

    /// A resource that nobody has asked for yet.
    std::string resource(std::vector<Reply> replies) {
        const std::lock_guard lock(m_mutex);
        std::string target = "/" + std::to_string(m_resources.size());
        m_resources[target].replies = std::move(replies);
        return target;
    }

    /// Where the next resource will be.
    std::string nextTarget() const {
        const std::lock_guard lock(m_mutex);
        return "/" + std::to_string(m_resources.size());
    }

    /// Sends the request and reads the response.
    Response ask(const std::string& target, const QByteArrayList& fields = {}, const std::string& method = "GET") {
        return m_proxy.exchange(request(method, target, lines(fields)), method);
    }

    /// How many requests for the resource have reached the origin.
    size_t asked(const std::string& target) const {
        const std::lock_guard lock(m_mutex);
        return m_resources.at(target).requests.size();
    }

    /// The last of them.
    ReceivedRequest lastRequest(const std::string& target) const {
        const std::lock_guard lock(m_mutex);
        return m_resources.at(target).requests.back();
    }

    Origin& origin() { return m_origin; }

    RunningEngine& proxy() { return m_proxy; }

  private:
    struct Resource {
        std::vector<Reply> replies;
        std::vector<ReceivedRequest> requests;
    };

    config::Config configuration(const config::Cache& cache) {
        config::Config config = configFor({m_origin.port()});
        config.cache = cache;
        return config;
    }

    void answer(OriginExchange& exchange) {
        exchange.readBody();
        Reply reply;
        {
            const std::lock_guard lock(m_mutex);
            Resource& resource = m_resources[exchange.target()];
            reply = resource.replies.at(std::min(resource.requests.size(), resource.replies.size() - 1));
            resource.requests.push_back(exchange.request());
        }
        Fields fields;
        for (const QByteArray& line : reply.fields) {
            const qsizetype colon = line.indexOf(':');
            fields.emplace_back(line.left(colon).toStdString(), line.mid(colon + 1).trimmed().toStdString());
        }
        const bool bodyless = exchange.method() == "HEAD" || reply.status == 304 || reply.status == 204;
        if (!bodyless) {
            exchange.respond(reply.status, reply.body, fields);
            return;
        }
        std::string head = "HTTP/1.1 " + std::to_string(reply.status) + " Reason\r\n";
        for (const auto& [name, value] : fields)
            head += name + ": " + value + "\r\n";
        exchange.send(head + "\r\n");
    }

    mutable std::mutex m_mutex;
    std::map<std::string, Resource> m_resources;
    Origin m_origin;
    RunningEngine m_proxy;
};

} // namespace reverxy::test
