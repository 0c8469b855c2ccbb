// SPDX-License-Identifier: MIT
#include "support/cached_resources.h"

#include <QTest>

#include <algorithm>

namespace reverxy::test {

std::string lines(const QByteArrayList& fields) {
    std::string text;
    for (const QByteArray& field : fields)
        text += field.toStdString() + "\r\n";
    return text;
}

static config::Config configurationWith(const config::Cache& cache, const Origin& origin) {
    config::Config config = configFor({origin.port()});
    config.cache = cache;
    return config;
}

CachedResources::CachedResources(const config::Cache& cache)
    : m_origin([this](OriginExchange& exchange) { answer(exchange); }),
      m_proxy(configurationWith(cache, m_origin)) {}

std::string CachedResources::resource(std::vector<Reply> replies) {
    const std::lock_guard lock(m_mutex);
    std::string target = "/" + std::to_string(m_resources.size());
    m_resources[target].replies = std::move(replies);
    return target;
}

std::string CachedResources::nextTarget() const {
    const std::lock_guard lock(m_mutex);
    return "/" + std::to_string(m_resources.size());
}

Response CachedResources::ask(const std::string& target, const QByteArrayList& fields, const std::string& method) {
    return m_proxy.exchange(request(method, target, lines(fields)), method);
}

size_t CachedResources::asked(const std::string& target) const {
    const std::lock_guard lock(m_mutex);
    return m_resources.at(target).requests.size();
}

ReceivedRequest CachedResources::lastRequest(const std::string& target) const {
    const std::lock_guard lock(m_mutex);
    return m_resources.at(target).requests.back();
}

void CachedResources::answer(OriginExchange& exchange) {
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

std::string delimiterOf(const Response& response) {
    const std::string type = response.field("Content-Type");
    const std::string prefix = "multipart/byteranges; boundary=";
    return type.starts_with(prefix) ? "--" + type.substr(prefix.size()) : std::string();
}

void CachedResourcesTest::initTestCase() {
    m_story = std::make_unique<CachedResources>();
}

void CachedResourcesTest::cleanupTestCase() {
    const std::vector<std::string> violations = m_story->origin().violations();
    QVERIFY2(violations.empty(), violations.empty() ? "" : violations.front().c_str());
    m_story.reset();
}

} // namespace reverxy::test
