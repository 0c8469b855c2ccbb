// SPDX-License-Identifier: MIT
#pragma once

#include "support/client.h"
#include "support/engine_fixture.h"
#include "support/origin.h"

#include <QByteArrayList>
#include <QObject>

#include <map>
#include <memory>
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
std::string lines(const QByteArrayList& fields);

/// What stands before each part of a multipart/byteranges response, "--" and the boundary; "" where it is none.
std::string delimiterOf(const Response& response);

/// One origin behind the proxy with its cache on. Each resource is a target of its own, with a list of replies: one
/// for each request that reaches the origin, the last one for all further ones.
class CachedResources {
  public:
    explicit CachedResources(const config::Cache& cache = {});

    /// A resource that nobody has asked for yet.
    std::string resource(std::vector<Reply> replies);
    /// Where the next resource will be.
    std::string nextTarget() const;

    /// Sends the request and reads the response.
    Response ask(const std::string& target, const QByteArrayList& fields = {}, const std::string& method = "GET");

    /// How many requests for the resource have reached the origin.
    size_t asked(const std::string& target) const;
    /// The last of them.
    ReceivedRequest lastRequest(const std::string& target) const;

    Origin& origin() { return m_origin; }

    RunningEngine& proxy() { return m_proxy; }

  private:
    struct Resource {
        std::vector<Reply> replies;
        std::vector<ReceivedRequest> requests;
    };

    void answer(OriginExchange& exchange);

    mutable std::mutex m_mutex;
    std::map<std::string, Resource> m_resources;
    Origin m_origin;
    RunningEngine m_proxy;
};

/// A test whose functions share such resources, and at whose end nothing the origin received was against the rules.
class CachedResourcesTest : public QObject {
    Q_OBJECT

  protected:
    std::unique_ptr<CachedResources> m_story;

  private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();
};

} // namespace reverxy::test
