// SPDX-License-Identifier: MIT
#include "base/failure.h"

#include <QTest>

#include <algorithm>
#include <set>
#include <string>

using namespace reverxy;

namespace {

constexpr auto last = static_cast<unsigned>(Failure::UnexpectedUpgrade);

Failure failureAt(unsigned index) {
    return static_cast<Failure>(index);
}

} // namespace

class TestFailure : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void everyFailureHasItsOwnName() {
        std::set<std::string_view> names;
        for (unsigned i = 0; i <= last; ++i) {
            const std::string_view name = infoOf(failureAt(i)).name;
            QVERIFY(!name.empty());
            QVERIFY2(
                std::all_of(name.begin(), name.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; }),
                std::string(name).c_str());
            QVERIFY2(names.insert(name).second, std::string(name).c_str());
        }
    }

    void everySentenceIsOne() {
        for (unsigned i = 0; i <= last; ++i) {
            const FailureInfo& info = infoOf(failureAt(i));
            QVERIFY2(!info.sentence.empty() && info.sentence.back() == '.', std::string(info.name).c_str());
            QVERIFY2(info.remedy.empty() || info.remedy.back() == '.', std::string(info.name).c_str());
        }
    }

    void statusTellsWhoseFault() {
        for (unsigned i = 1; i <= last; ++i) {
            const FailureInfo& info = infoOf(failureAt(i));
            const std::string name(info.name);
            QVERIFY2(info.fault != Fault::None, name.c_str());
            QVERIFY2(info.status == 0 || (info.status >= 400 && info.status < 600), name.c_str());
            if (info.status >= 400 && info.status < 500)
                QVERIFY2(info.fault == Fault::Client, name.c_str());
            if (info.fault == Fault::Upstream)
                QVERIFY2(info.status >= 502 && info.status <= 504, name.c_str());
        }
        QVERIFY(infoOf(Failure::None).fault == Fault::None);
    }

    /// A client that is there gets an answer, and the answer says why; one that is gone gets none.
    void whereThereIsAnAnswerThereIsAnErrorType() {
        for (unsigned i = 0; i <= last; ++i) {
            const FailureInfo& info = infoOf(failureAt(i));
            QCOMPARE(info.status != 0, !info.proxyStatusError.empty());
        }
    }

    void followsTheStandard_data() {
        QTest::addColumn<unsigned>("failure");
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("error");
        const auto row = [](const char* section, Failure failure, int status, const char* error) {
            QTest::newRow(section) << static_cast<unsigned>(failure) << status << QByteArray(error);
        };
        // RFC 9209 section 2.3, with the status that each recommends.
        row("2.3.2", Failure::DnsError, 502, "dns_error");
        row("2.3.4", Failure::AllBackendsDown, 503, "destination_unavailable");
        row("2.3.4 empty pool", Failure::NoBackend, 503, "destination_unavailable");
        row("2.3.6", Failure::ConnectUnreachable, 502, "destination_ip_unroutable");
        row("2.3.7", Failure::ConnectRefused, 502, "connection_refused");
        row("2.3.8", Failure::ConnectionClosed, 502, "connection_terminated");
        row("2.3.9", Failure::ConnectTimeout, 504, "connection_timeout");
        row("2.3.12", Failure::QueueFull, 503, "connection_limit_reached");
        row("2.3.12 timeout", Failure::QueueTimeout, 503, "connection_limit_reached");
        row("2.3.16 bad", Failure::BadRequest, 400, "http_request_error");
        row("2.3.16 timeout", Failure::RequestTimeout, 408, "http_request_error");
        row("2.3.16 body", Failure::BodyTooLarge, 413, "http_request_error");
        row("2.3.16 target", Failure::UriTooLong, 414, "http_request_error");
        row("2.3.16 fields", Failure::HeadersTooLarge, 431, "http_request_error");
        row("2.3.18", Failure::ResponseIncomplete, 502, "http_response_incomplete");
        row("2.3.19", Failure::ResponseHeadTooLarge, 502, "http_response_header_section_size");
        row("2.3.24", Failure::ResponseBodyMalformed, 502, "http_response_transfer_coding");
        row("2.3.26", Failure::ResponseTimeout, 504, "http_response_timeout");
        row("2.3.28", Failure::ResponseMalformed, 502, "http_protocol_error");
        row("2.3.29 method", Failure::NotImplemented, 501, "proxy_internal_response");
        row("2.3.29 version", Failure::VersionNotSupported, 505, "proxy_internal_response");
        row("2.3.30", Failure::Internal, 500, "proxy_internal_error");
        row("2.3.32", Failure::ProxyLoop, 502, "proxy_loop_detected");
    }

    void followsTheStandard() {
        QFETCH(unsigned, failure);
        QFETCH(int, status);
        QFETCH(QByteArray, error);
        QCOMPARE(int(infoOf(failureAt(failure)).status), status);
        QCOMPARE(QByteArray::fromStdString(std::string(infoOf(failureAt(failure)).proxyStatusError)), error);
    }

    void anEmptyPoolSaysHowToAddABackend() {
        const std::string_view remedy = infoOf(Failure::NoBackend).remedy;
        QVERIFY(remedy.find("pool:") != std::string_view::npos);
        QVERIFY(remedy.find("backends:") != std::string_view::npos);
        QVERIFY(remedy.find("url:") != std::string_view::npos);
        QVERIFY(remedy.find("config.yaml") != std::string_view::npos);
    }

    void aValueOutsideTheEnumIsAFaultOfTheProxy() {
        QCOMPARE(infoOf(failureAt(last + 1)).name, std::string_view("internal"));
        QCOMPARE(infoOf(failureAt(255)).name, std::string_view("internal"));
    }
};

QTEST_APPLESS_MAIN(TestFailure)
#include "test_failure.moc"
