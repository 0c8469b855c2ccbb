// SPDX-License-Identifier: MIT
#include "admin/probe_pages.h"

#include "http/head_parser.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::admin;

namespace {

class FakeSource final : public ProbeSource {
  public:
    OwnHosts ownHosts() const override { return admin::ownHosts(config::Proxy{}, {}); }

    bool draining() const override { return drains; }

    ReadinessFacts readiness() const override {
        health::PoolSnapshot pool;
        pool.name = "default";
        pool.available = pool.total = 1;
        return {drains, config::ReadyWhen::AllPools, {pool}};
    }

    void collectMetrics(MetricsReceiver receiver) override {
        ++collections;
        if (holdMetrics)
            m_receiver = std::move(receiver);
        else
            receiver(text);
    }

    void giveMetrics() { std::exchange(m_receiver, {})(text); }

    bool drains = false;
    bool holdMetrics = false;
    int collections = 0;
    std::optional<std::string> text = "a 1\n";

  private:
    MetricsReceiver m_receiver;
};

class Asker {
  public:
    explicit Asker(ProbePages& pages) : m_pages(pages) {}

    void ask(const std::string& path, const std::string& host = "localhost") {
        const std::string text = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n";
        http::RequestParser parser;
        http::RequestHead head;
        if (parser.parse(text, {}, head) != http::ParseStatus::Done)
            qFatal("no request: %s", text.c_str());
        m_pages.ask(head, IpAddress(), [this](Answer answer) { answers.push_back(std::move(answer)); });
    }

    std::vector<Answer> answers;

  private:
    ProbePages& m_pages;
};

} // namespace

class TestProbePages : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void thePages() {
        FakeSource source;
        ProbePages pages(source);
        Asker asker(pages);
        for (const char* path : {"/live", "/ready", "/metrics", "/none"})
            asker.ask(path);
        QCOMPARE(asker.answers.size(), size_t(4));
        QCOMPARE(int(asker.answers[0].status), 200);
        QVERIFY(asker.answers[0].body.starts_with("{\"live\":true"));
        QCOMPARE(int(asker.answers[1].status), 200);
        QVERIFY(asker.answers[1].body.starts_with("{\"ready\":true"));
        QCOMPARE(int(asker.answers[2].status), 200);
        QCOMPARE(asker.answers[2].body, std::string("a 1\n"));
        QCOMPARE(asker.answers[2].contentType, std::string_view("text/plain; version=0.0.4; charset=utf-8"));
        QCOMPARE(int(asker.answers[3].status), 404);
    }

    void whileDraining() {
        FakeSource source;
        source.drains = true;
        ProbePages pages(source);
        Asker asker(pages);
        asker.ask("/live");
        asker.ask("/ready");
        QCOMPARE(int(asker.answers[0].status), 200);
        QCOMPARE(int(asker.answers[1].status), 503);
    }

    void anothersHostGetsNothing() {
        FakeSource source;
        ProbePages pages(source);
        Asker asker(pages);
        for (const char* path : {"/live", "/ready", "/metrics", "/none"})
            asker.ask(path, "evil.example");
        for (const Answer& answer : asker.answers) {
            QCOMPARE(int(answer.status), 421);
            QVERIFY(answer.body.find("probe_names") != std::string::npos); // the remedy
        }
        QCOMPARE(source.collections, 0);
    }

    void manyWhoWantMetricsShareOneCollection() {
        FakeSource source;
        source.holdMetrics = true;
        ProbePages pages(source);
        Asker asker(pages);
        for (int i = 0; i < 20; ++i)
            asker.ask("/metrics");
        asker.ask("/live"); // it waits for nobody
        QCOMPARE(asker.answers.size(), size_t(1));
        QCOMPARE(source.collections, 1);
        source.giveMetrics();
        QCOMPARE(asker.answers.size(), size_t(21));
        QCOMPARE(asker.answers.back().body, std::string("a 1\n"));
        asker.ask("/metrics");
        QCOMPARE(source.collections, 2);
    }

    void onlySoManyWait() {
        FakeSource source;
        source.holdMetrics = true;
        ProbePages pages(source);
        Asker asker(pages);
        for (size_t i = 0; i < ProbePages::waitingLimit; ++i)
            asker.ask("/metrics");
        QVERIFY(asker.answers.empty());
        asker.ask("/metrics");
        QCOMPARE(asker.answers.size(), size_t(1));
        QCOMPARE(int(asker.answers[0].status), 503);
        source.giveMetrics();
        QCOMPARE(asker.answers.size(), ProbePages::waitingLimit + 1);
    }

    void metricsThatCannotBeHad() {
        FakeSource source;
        source.text = std::nullopt;
        ProbePages pages(source);
        Asker asker(pages);
        asker.ask("/metrics");
        QCOMPARE(int(asker.answers.at(0).status), 503);
    }

    void metricsThatComeAfterThePages() {
        FakeSource source;
        source.holdMetrics = true;
        auto pages = std::make_unique<ProbePages>(source);
        Asker asker(*pages);
        asker.ask("/metrics");
        pages.reset();
        source.giveMetrics();
        QVERIFY(asker.answers.empty());
    }

    void malformedMessages_data() {
        QTest::addColumn<http::ParseError>("error");
        QTest::addColumn<int>("status");
        QTest::newRow("a bare line feed") << http::ParseError::BareLineFeed << 400;
        QTest::newRow("too long a line") << http::ParseError::RequestLineTooLong << 414;
        QTest::newRow("too large a head") << http::ParseError::HeadTooLarge << 431;
        QTest::newRow("another version") << http::ParseError::UnsupportedVersion << 505;
    }

    void malformedMessages() {
        QFETCH(http::ParseError, error);
        QFETCH(int, status);
        const Answer answer = malformedAnswer(error);
        QCOMPARE(int(answer.status), status);
        QCOMPARE(answer.body, std::string(http::sentenceOf(error)) + "\n");
    }
};

QTEST_APPLESS_MAIN(TestProbePages)
#include "test_probe_pages.moc"
