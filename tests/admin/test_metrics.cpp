// SPDX-License-Identifier: MIT
#include "admin/metrics.h"

#include "admin/metrics_writer.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSet>
#include <QTest>

using namespace reverxy;
using namespace reverxy::admin;

namespace {

constexpr int patience = 60'000; // milliseconds, for another program

/// Two backends in the pool "shop" behind the route "orders", and what has happened there.
struct Scene {
    Scene() {
        config::Config config;
        config::Pool pool;
        pool.name = "shop";
        for (const char* name : {"one", "two"}) {
            config::Backend backend;
            backend.name = name;
            backend.url = {std::string("http://localhost:1/") + name, "localhost", 1, ""};
            backend.weight = name[0] == 'o' ? 3 : 1;
            pool.backends.push_back(backend);
        }
        config.pools.push_back(pool);
        config::Route route;
        route.name = "orders";
        route.poolName = "shop";
        config.routes.push_back(route);
        config.rateLimiter.enabled = true;
        config.rateLimiter.limit = 1;
        config.rateLimiter.maxClients = 1;
        runtime = proxy::compileRuntime(config, shared, names);
        health.emplace_back();
        health[0].name = "shop";
        health[0].available = 1;
        health[0].total = 2;
        for (const char* name : {"one", "two"}) {
            health::BackendSnapshot backend;
            backend.name = name;
            backend.target.emplace();
            backend.target->state = health::State::Up;
            health[0].backends.push_back(backend);
        }
        health::BackendSnapshot& down = health[0].backends[1];
        down.available = false;
        down.target->state = health::State::Down;
        down.target->probesPassed = 5;
        down.target->probesFailed = 2;
        down.target->probeMicros = 3500;
        down.target->probes.push_back({WallTime{}, false, 1500, "status 503"});
        report.complete = true;
    }

    observe::Decision exchange(uint16_t status, const char* backend) {
        observe::Decision decision{};
        decision.route = names.intern("orders");
        decision.pool = names.intern("shop");
        decision.peer.address = *IpAddress::parse("192.0.2.99");
        decision.client = decision.peer.address;
        decision.method.assign("GET");
        decision.host.assign("secret.example");
        decision.target.assign("/orders/4711?token=abc");
        decision.status = status;
        decision.responseFromBackend = true;
        decision.totalMicros = 3000;
        decision.requestBodyBytes = 7;
        decision.responseBodyBytes = 100;
        observe::Attempt& attempt = decision.beginAttempt();
        attempt.backend = names.intern(backend);
        attempt.status = status;
        attempt.firstByteMicros = 2000;
        return decision;
    }

    /// A request of a client at the limiter of all routes.
    void limits(std::string_view address) {
        const proxy::RuntimeLimiter& limiter = *runtime->limiters.at(0);
        limiter.clients->admit(limiter.policy, limiter.maxClients,
                               limit::keyOfAddress(*IpAddress::parse(address), 64), TimePoint());
    }

    void happens(const observe::Decision& decision) {
        report.counters.add(decision, TimePoint(std::chrono::hours(1)));
    }

    std::string text() {
        MetricsFacts facts{.report = report, .runtime = *runtime, .health = health, .names = names};
        facts.process = readProcessFigures();
        facts.cache.verdicts[size_t(CacheVerdict::Hit)] = 5;
        facts.cache.verdicts[size_t(CacheVerdict::VaryMiss)] = 1;
        facts.cache.stores[size_t(StoreVerdict::NoStore)] = 6;
        facts.cache.bytes = 1234;
        facts.cache.limit = 5000;
        facts.cache.entries = 7;
        facts.cache.evictions = 8;
        facts.cache.fills = 9;
        facts.workers = 2;
        facts.clientConnections = 11;
        facts.maxClientConnections = 1000;
        facts.runningExchanges = 3;
        facts.logRecordsDropped = 4;
        facts.ready = true;
        return metricsText(facts);
    }

    proxy::SharedState shared{{}, {}};
    NameTable names;
    std::shared_ptr<const proxy::Runtime> runtime;
    observe::Report report;
    std::vector<health::PoolSnapshot> health;
};

/// What a program that reads `input` prints; nothing when it fails, and then its words stand in the test's output.
std::optional<QByteArray> outputOf(const QString& program, const QStringList& arguments, const std::string& input) {
    QProcess process;
    process.start(program, arguments);
    process.write(QByteArray::fromStdString(input));
    process.closeWriteChannel();
    if (!process.waitForFinished(patience) || process.exitStatus() != QProcess::NormalExit ||
        process.exitCode() != 0) {
        qWarning("%s: %s%s", qPrintable(program), process.readAllStandardError().constData(),
                 process.readAllStandardOutput().constData());
        return std::nullopt;
    }
    return process.readAllStandardOutput();
}

/// A metric with its labels in the order of their names, as `name{a=1,b=2}`.
QString keyOf(const QString& name, const QJsonObject& labels) {
    QStringList parts;
    for (auto it = labels.begin(); it != labels.end(); ++it)
        parts.append(it.key() + QLatin1Char('=') + it.value().toString());
    return parts.isEmpty() ? name : name + QLatin1Char('{') + parts.join(QLatin1Char(',')) + QLatin1Char('}');
}

} // namespace

class TestMetrics : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void initTestCase() {
        observe::Decision noRoute{};
        noRoute.failure = Failure::NoRoute;
        noRoute.status = 404;
        m_scene.happens(noRoute);
        m_scene.happens(m_scene.exchange(200, "one"));
        m_scene.happens(m_scene.exchange(200, "one"));
        m_scene.happens(m_scene.exchange(500, "two"));
        observe::Decision retried = m_scene.exchange(200, "two");
        retried.attempts[0].failure = Failure::ConnectRefused;
        retried.attempts[0].status = 0;
        retried.attempts[0].firstByteMicros = 0;
        observe::Attempt& second = retried.beginAttempt();
        second.backend = m_scene.names.intern("one");
        second.status = 200;
        second.firstByteMicros = 400;
        second.reusedConnection = true;
        retried.queuedMicros = 60;
        m_scene.happens(retried);
        m_scene.report.counters.connections = 12;
        for (const char* client : {"192.0.2.99", "192.0.2.99", "192.0.2.100", "192.0.2.101"})
            m_scene.limits(client); // there is a place for one
        m_text = m_scene.text();
    }

    /// The checker that comes with Prometheus: the format, and the conventions for names, units and help.
    void promtoolHasNothingToSay() {
        const QString promtool = QStringLiteral(REVERXY_PROMTOOL);
        if (promtool.isEmpty())
            QSKIP("promtool is not installed (Debian: prometheus)");
        const auto output = outputOf(promtool, {QStringLiteral("check"), QStringLiteral("metrics")}, m_text);
        QVERIFY(output);
        QCOMPARE(*output, QByteArray());
    }

    void othersUnderstandIt() {
        const QString python = QStringLiteral(REVERXY_PROMETHEUS_PYTHON);
        if (python.isEmpty())
            QSKIP("Prometheus' client library is not installed (Debian: python3-prometheus-client)");
        const auto output = outputOf(python, {QStringLiteral(REVERXY_READ_METRICS)}, m_text);
        QVERIFY(output);
        QSet<QString> families;
        QMap<QString, QString> samples;
        for (const auto& family : QJsonDocument::fromJson(*output).array()) {
            const QString name = family[0].toString();
            QVERIFY2(!families.contains(name), qPrintable(name)); // each is there once, in one piece
            families.insert(name);
            QVERIFY2(family[1].toString() != QLatin1String("unknown"), qPrintable(name));
            QVERIFY2(family[2].toString().endsWith(QLatin1Char('.')), qPrintable(name));
            for (const auto& sample : family[3].toArray()) {
                const QString key = keyOf(sample[0].toString(), sample[1].toObject());
                QVERIFY2(!samples.contains(key), qPrintable(key));
                samples.insert(key, sample[2].toString());
            }
        }
        const QList<std::pair<const char*, const char*>> expected{
            {"reverxy_ready", "1.0"},
            {"reverxy_draining", "0.0"},
            {"reverxy_workers", "2.0"},
            {"reverxy_requests_total{outcome=client_error,status=4xx}", "1.0"},
            {"reverxy_requests_total{backend=one,outcome=success,pool=shop,route=orders,status=2xx}", "3.0"},
            {"reverxy_requests_total{backend=two,outcome=upstream_error,pool=shop,route=orders,status=5xx}", "1.0"},
            {"reverxy_request_duration_seconds_count{route=orders}", "4.0"},
            {"reverxy_request_duration_seconds_sum{route=orders}", "0.012"},
            {"reverxy_request_duration_seconds_bucket{le=0.0025,route=orders}", "0.0"},
            {"reverxy_request_duration_seconds_bucket{le=0.005,route=orders}", "4.0"},
            {"reverxy_request_body_bytes_total{route=orders}", "28.0"},
            {"reverxy_response_body_bytes_total{route=orders}", "400.0"},
            {"reverxy_request_failures_total{failure=no-route}", "1.0"},
            {"reverxy_request_failures_total{failure=connect-refused}", "0.0"},
            {"reverxy_requests_in_flight", "3.0"},
            {"reverxy_client_connections_accepted_total", "12.0"},
            {"reverxy_client_connections", "11.0"},
            {"reverxy_client_connections_limit", "1000.0"},
            {"reverxy_cache_requests_total{verdict=hit}", "5.0"},
            {"reverxy_cache_requests_total{verdict=vary-miss}", "1.0"},
            {"reverxy_cache_requests_total{verdict=stale}", "0.0"},
            {"reverxy_cache_responses_total{reason=no-store}", "6.0"},
            {"reverxy_cache_responses_total{reason=stored}", "0.0"},
            {"reverxy_cache_bytes", "1234.0"},
            {"reverxy_cache_limit_bytes", "5000.0"},
            {"reverxy_cache_entries", "7.0"},
            {"reverxy_cache_fills", "9.0"},
            {"reverxy_cache_evictions_total", "8.0"},
            {"reverxy_rate_limit_requests_total{limiter=global,verdict=allowed}", "2.0"},
            {"reverxy_rate_limit_requests_total{limiter=global,verdict=throttled}", "2.0"},
            {"reverxy_rate_limit_clients{limiter=global}", "1.0"},
            {"reverxy_rate_limit_clients_limit{limiter=global}", "1.0"},
            {"reverxy_rate_limit_evictions_total{limiter=global}", "0.0"},
            {"reverxy_rate_limit_shared_requests_total{limiter=global}", "2.0"},
            {"reverxy_pool_backends{pool=shop}", "2.0"},
            {"reverxy_pool_backends_available{pool=shop}", "1.0"},
            {"reverxy_pool_requests_in_flight{pool=shop}", "0.0"},
            {"reverxy_pool_requests_waiting{pool=shop}", "0.0"},
            {"reverxy_pool_retries_total{pool=shop}", "1.0"},
            {"reverxy_pool_queue_wait_seconds_count{pool=shop}", "1.0"},
            {"reverxy_backend_up{backend=one,pool=shop}", "1.0"},
            {"reverxy_backend_up{backend=two,pool=shop}", "0.0"},
            {"reverxy_backend_available{backend=two,pool=shop}", "0.0"},
            {"reverxy_backend_enabled{backend=two,pool=shop}", "1.0"},
            {"reverxy_backend_weight{backend=one,pool=shop}", "3.0"},
            {"reverxy_backend_connections{backend=one,pool=shop}", "0.0"},
            {"reverxy_backend_attempts_total{backend=one,pool=shop}", "3.0"},
            {"reverxy_backend_attempts_total{backend=two,pool=shop}", "2.0"},
            {"reverxy_backend_errors_total{backend=two,pool=shop}", "2.0"},
            {"reverxy_backend_failures_total{backend=two,failure=connect-refused,pool=shop}", "1.0"},
            {"reverxy_backend_connections_reused_total{backend=one,pool=shop}", "1.0"},
            {"reverxy_backend_first_byte_seconds_count{backend=one,pool=shop}", "3.0"},
            {"reverxy_probes_total{backend=two,pool=shop,result=passed}", "5.0"},
            {"reverxy_probes_total{backend=two,pool=shop,result=failed}", "2.0"},
            {"reverxy_probe_duration_seconds_sum{backend=two,pool=shop}", "0.0035"},
            {"reverxy_probe_duration_seconds_count{backend=two,pool=shop}", "7.0"},
            {"reverxy_probe_last_duration_seconds{backend=two,pool=shop}", "0.0015"},
            {"reverxy_log_records_dropped_total", "4.0"},
        };
        for (const auto& [key, value] : expected)
            QCOMPARE(samples.value(QLatin1String(key), QLatin1String(key) + QStringLiteral(" is missing")),
                     QLatin1String(value));
        for (const char* name : {"process_cpu_seconds", "process_resident_memory_bytes", "process_open_fds",
                                 "process_start_time_seconds", "reverxy_build_info"})
            QVERIFY2(families.contains(QLatin1String(name)), name);
    }

    /// The number of series does not grow with what clients send, and nothing of it is shown.
    void nothingOfTheClientsIsInIt() {
        for (const char* secret : {"192.0.2.99", "secret.example", "4711", "token", "abc"})
            QVERIFY2(m_text.find(secret) == std::string::npos, secret);
    }

    void aProbeThatNeverRanHasNoLastTime() {
        QVERIFY(m_text.find("reverxy_probe_last_duration_seconds{pool=\"shop\",backend=\"one\"}") ==
                std::string::npos);
    }

    void labelsOfNames() {
        QCOMPARE(labelOf(0, m_scene.names), std::string_view());
        QCOMPARE(labelOf(m_scene.names.intern("shop"), m_scene.names), std::string_view("shop"));
        QCOMPARE(labelOf(observe::otherNames, m_scene.names), std::string_view("(other)"));
    }

    void whatTheSystemDoesNotTellIsLeftOut() {
        MetricsWriter writer;
        MetricsFacts facts{.report = m_scene.report,
                           .runtime = *m_scene.runtime,
                           .health = m_scene.health,
                           .names = m_scene.names};
        writeProcess(writer, facts);
        QCOMPARE(writer.take(), std::string());
    }

  private:
    Scene m_scene;
    std::string m_text;
};

QTEST_GUILESS_MAIN(TestMetrics)
#include "test_metrics.moc"
