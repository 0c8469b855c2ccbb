// SPDX-License-Identifier: MIT
#include "behaviour/crowd.h"

using namespace reverxy;
using namespace reverxy::test;

namespace {

constexpr uint64_t size = 24 << 20; // more than fits between the sockets
constexpr int smallBuffer = 64 * 1024;

config::Config configWith(uint64_t minRate, uint16_t port) {
    config::Config config = cachingConfig({port});
    config.cache.maxEntrySize = 1 << 20;
    config.proxy.minRate = minRate;
    config.proxy.workers = 2;
    return config;
}

/// Two want the same, larger than is stored, and one of them does not take it.
class SharedDownload {
  public:
    SharedDownload(uint64_t minRate, bool stuckLeads)
        : m_origin(Origin([this](OriginExchange& exchange) {
              exchange.readBody();
              exchange.waitFor(m_gate);
              exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nCache-Control: max-age=60\r\n\r\n");
              const std::string whole = pattern(size);
              for (uint64_t at = 0; at < size; at += 1 << 16) {
                  if (!exchange.send(chunk(std::string_view(whole).substr(at, 1 << 16))))
                      return;
              }
              exchange.send(chunk(""));
          })),
          m_proxy(configWith(minRate, m_origin.port())), m_crowd(m_proxy, 0), m_stuckLeads(stuckLeads) {}

    /// False where they did not come together.
    bool begin() {
        m_crowd.add(m_proxy, "", m_stuckLeads ? smallBuffer : 0);
        if (!waitUntil([&] { return m_origin.requestCount() == 1; }))
            return false;
        m_crowd.add(m_proxy, "", m_stuckLeads ? 0 : smallBuffer);
        if (!waitForFollowers(m_proxy, 2))
            return false;
        m_gate.open();
        m_reading = std::async(std::launch::async, [this] {
            Client& reader = *m_crowd.clients[m_stuckLeads ? 1 : 0];
            Response response = reader.readHead();
            PatternCheck check;
            reader.readBody(response, [&](std::string_view bytes) { return check.add(bytes); });
            return response.complete && check.good() && check.offset() == size;
        });
        return true;
    }

    /// The other one got all of it.
    bool readWhole() { return m_reading.get(); }

    const RunningEngine& proxy() const { return m_proxy; }

    size_t asked() const { return m_origin.requestCount(); }

  private:
    Gate m_gate;
    Origin m_origin;
    RunningEngine m_proxy;
    Crowd m_crowd;
    const bool m_stuckLeads;
    std::future<bool> m_reading;
};

} // namespace

/// What is not stored goes at its slowest reader's pace: one that stands still is judged by windows of ten seconds,
/// so that every story here takes as long; they happen at once.
class TestCacheSlowReaders : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void whoStandsStillDoesNotHoldUpOthers() {
        SharedDownload leading(0, true);
        SharedDownload following(0, false);
        SharedDownload underARate(1000, true);
        for (SharedDownload* download : {&leading, &following, &underARate})
            QVERIFY(download->begin());
        for (SharedDownload* download : {&leading, &following, &underARate}) {
            QVERIFY(download->readWhole());
            QCOMPARE(download->asked(), size_t(1));
            const auto decisions = download->proxy().waitForDecisions(2);
            QCOMPARE(std::count_if(decisions.begin(), decisions.end(),
                                   [](const auto& decision) { return decision.failure == Failure::ClientTooSlow; }),
                     std::ptrdiff_t(1));
        }
    }
};

QTEST_GUILESS_MAIN(TestCacheSlowReaders)
#include "test_cache_slow_readers.moc"
