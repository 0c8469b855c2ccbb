// SPDX-License-Identifier: MIT
#include "http/field.h"

#include <QTest>

#include <algorithm>
#include <string>

using namespace reverxy::http;

namespace {

struct Known {
    FieldId id;
    const char* name;
};

// The spelling of the registry, against the lower-case table of the code.
constexpr Known known[] = {
    {FieldId::Accept, "Accept"},
    {FieldId::AcceptEncoding, "Accept-Encoding"},
    {FieldId::AcceptLanguage, "Accept-Language"},
    {FieldId::Age, "Age"},
    {FieldId::Authorization, "Authorization"},
    {FieldId::CacheControl, "Cache-Control"},
    {FieldId::CdnCacheControl, "CDN-Cache-Control"},
    {FieldId::Connection, "Connection"},
    {FieldId::ContentEncoding, "Content-Encoding"},
    {FieldId::ContentLength, "Content-Length"},
    {FieldId::ContentLocation, "Content-Location"},
    {FieldId::ContentRange, "Content-Range"},
    {FieldId::ContentType, "Content-Type"},
    {FieldId::Cookie, "Cookie"},
    {FieldId::Date, "Date"},
    {FieldId::ETag, "ETag"},
    {FieldId::Expect, "Expect"},
    {FieldId::Expires, "Expires"},
    {FieldId::Forwarded, "Forwarded"},
    {FieldId::Host, "Host"},
    {FieldId::Http2Settings, "HTTP2-Settings"},
    {FieldId::IfMatch, "If-Match"},
    {FieldId::IfModifiedSince, "If-Modified-Since"},
    {FieldId::IfNoneMatch, "If-None-Match"},
    {FieldId::IfRange, "If-Range"},
    {FieldId::IfUnmodifiedSince, "If-Unmodified-Since"},
    {FieldId::KeepAlive, "Keep-Alive"},
    {FieldId::LastModified, "Last-Modified"},
    {FieldId::Location, "Location"},
    {FieldId::MaxForwards, "Max-Forwards"},
    {FieldId::Origin, "Origin"},
    {FieldId::Pragma, "Pragma"},
    {FieldId::ProxyAuthenticate, "Proxy-Authenticate"},
    {FieldId::ProxyAuthenticationInfo, "Proxy-Authentication-Info"},
    {FieldId::ProxyAuthorization, "Proxy-Authorization"},
    {FieldId::ProxyConnection, "Proxy-Connection"},
    {FieldId::ProxyStatus, "Proxy-Status"},
    {FieldId::CacheStatus, "Cache-Status"},
    {FieldId::Range, "Range"},
    {FieldId::RetryAfter, "Retry-After"},
    {FieldId::ReverxyCacheControl, "Reverxy-Cache-Control"},
    {FieldId::Server, "Server"},
    {FieldId::SetCookie, "Set-Cookie"},
    {FieldId::Te, "TE"},
    {FieldId::Trailer, "Trailer"},
    {FieldId::TransferEncoding, "Transfer-Encoding"},
    {FieldId::Upgrade, "Upgrade"},
    {FieldId::UserAgent, "User-Agent"},
    {FieldId::Vary, "Vary"},
    {FieldId::Via, "Via"},
    {FieldId::XForwardedFor, "X-Forwarded-For"},
    {FieldId::XForwardedHost, "X-Forwarded-Host"},
    {FieldId::XForwardedProto, "X-Forwarded-Proto"},
};

} // namespace

class TestField : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void everyIdHasItsName() {
        QCOMPARE(std::size(known), static_cast<size_t>(FieldId::Count) - 1);
        for (size_t i = 0; i < std::size(known); ++i)
            QCOMPARE(static_cast<size_t>(known[i].id), i + 1);
    }

    /// RFC 9110 section 5.1: field names are case-insensitive.
    void namesAreFoundInAnyCase() {
        for (const Known& field : known) {
            std::string name = field.name;
            QVERIFY2(fieldIdFromName(name) == field.id, field.name);
            std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
            QVERIFY2(fieldIdFromName(name) == field.id, field.name);
            std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::toupper(c); });
            QVERIFY2(fieldIdFromName(name) == field.id, field.name);
        }
    }

    /// A name that differs in one byte, or by one byte, is another name.
    void nearMissesAreOther() {
        for (const Known& field : known) {
            const std::string name = field.name;
            for (size_t i = 0; i < name.size(); ++i) {
                for (unsigned c = 0; c < 256; ++c) {
                    std::string changed = name;
                    changed[i] = static_cast<char>(c);
                    const bool same =
                        std::tolower(c) == std::tolower(static_cast<unsigned char>(name[i])) && c < 128;
                    // One known name may turn into another, as no pair of them does today.
                    QCOMPARE(fieldIdFromName(changed) == field.id, same);
                    QCOMPARE(fieldIdFromName(changed) == FieldId::Other, !same);
                }
            }
            QVERIFY(fieldIdFromName(name + "x") == FieldId::Other);
            QVERIFY(fieldIdFromName(name.substr(1)) == FieldId::Other);
        }
    }

    void unknownNamesAreOther() {
        QVERIFY(fieldIdFromName("") == FieldId::Other);
        QVERIFY(fieldIdFromName("X") == FieldId::Other);
        QVERIFY(fieldIdFromName("X-Request-Id") == FieldId::Other);
        QVERIFY(fieldIdFromName(std::string(100000, 'a')) == FieldId::Other);
    }

    void listKeepsOrderAndFindsTheFirst() {
        FieldList list;
        QVERIFY(list.empty());
        QVERIFY(!list.find(FieldId::Via));
        list.add("via", "1.1 a");
        list.add("X", "y");
        list.add("Via", "1.1 b");
        QCOMPARE(list.size(), size_t(3));
        QCOMPARE(list[1].name, std::string_view("X"));
        QVERIFY(list[1].id == FieldId::Other);
        QCOMPARE(list.find(FieldId::Via)->value, std::string_view("1.1 a"));
        list.clear();
        QVERIFY(list.empty());
    }
};

QTEST_APPLESS_MAIN(TestField)
#include "test_field.moc"
