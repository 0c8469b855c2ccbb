// SPDX-License-Identifier: MIT
#include "cache/conditional.h"

#include "cache/parsed_heads.h"

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

class TestConditional : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void section_4_3_2_data() {
        QTest::addColumn<QByteArrayList>("request");
        QTest::addColumn<QByteArrayList>("stored");
        QTest::addColumn<bool>("notModified");
        const auto row = [](const char* name, const QByteArrayList& request, const QByteArrayList& stored,
                            bool notModified) { QTest::newRow(name) << request << stored << notModified; };
        const QByteArrayList tag{"ETag: \"abc\""};
        const QByteArrayList hour{"Last-Modified: Sun, 06 Nov 1994 11:00:00 GMT"};
        const QByteArray since = "If-Modified-Since: Sun, 06 Nov 1994 ";
        row("no condition", {}, tag, false);
        row("tag", {"If-None-Match: \"abc\""}, tag, true);
        row("other tag", {"If-None-Match: \"abd\""}, tag, false);
        row("weak comparison", {"If-None-Match: W/\"abc\""}, tag, true);
        row("weak comparison, the other way", {"If-None-Match: \"abc\""}, {"ETag: W/\"abc\""}, true);
        row("the first of several", {"If-None-Match: \"abc\", \"x\""}, tag, true);
        row("the second of several", {"If-None-Match: \"x\",\"abc\""}, tag, true);
        row("the last of several", {"If-None-Match: \"x\" ,  \"y\" ,\t\"abc\""}, tag, true);
        row("in the second line", {"If-None-Match: \"x\"", "If-None-Match: \"abc\""}, tag, true);
        row("tag with a space", {"If-None-Match: \"a b\""}, {"ETag: \"a b\""}, true);
        row("tag with bytes past ASCII", {"If-None-Match: \"\xc3\xa4\""}, {"ETag: \"\xc3\xa4\""}, true);
        row("unquoted, both", {"If-None-Match: abc"}, {"ETag: abc"}, true);
        row("unquoted against quoted", {"If-None-Match: abc"}, tag, false);
        row("quoted against unquoted", {"If-None-Match: \"abc\""}, {"ETag: abc"}, false);
        row("star", {"If-None-Match: *"}, tag, true);
        row("star, and nothing to compare", {"If-None-Match: *"}, {}, true);
        row("star in a list is no star", {"If-None-Match: *, \"x\""}, tag, false);
        row("star in two lines is no star", {"If-None-Match: *", "If-None-Match: \"x\""}, tag, false);
        row("no tag stored", {"If-None-Match: \"abc\""}, hour, false);
        row("empty list", {"If-None-Match:"}, tag, false);

        row("date: equal", {since + "11:00:00 GMT"}, hour, true);
        row("date: later", {since + "11:30:00 GMT"}, hour, true);
        row("date: earlier", {since + "10:59:59 GMT"}, hour, false);
        row("date: RFC 850", {"If-Modified-Since: Sunday, 06-Nov-94 11:00:00 GMT"}, hour, true);
        row("date: not one", {"If-Modified-Since: yesterday"}, hour, false);
        row("date: two", {since + "11:00:00 GMT", since + "11:30:00 GMT"}, hour, false);
        row("date: no Last-Modified, but a Date", {since + "11:00:00 GMT"}, {"Date: Sun, 06 Nov 1994 11:00:00 GMT"},
            true);
        row("date: before the Date", {since + "10:59:59 GMT"}, {"Date: Sun, 06 Nov 1994 11:00:00 GMT"}, false);
        row("date: nothing but the time of arrival", {since + "12:00:00 GMT"}, {}, true);
        row("date: before the time of arrival", {since + "11:59:59 GMT"}, {}, false);
        row("tag before date: differs", {"If-None-Match: \"x\"", since + "11:00:00 GMT"}, tag + hour, false);
        row("tag before date: equal", {"If-None-Match: \"abc\"", since + "10:00:00 GMT"}, tag + hour, true);
        row("If-Match is for the origin", {"If-Match: \"abc\""}, tag, false);
        row("If-Unmodified-Since is for the origin", {"If-Unmodified-Since: Sun, 06 Nov 1994 11:00:00 GMT"}, hour,
            false);
    }

    void section_4_3_2() {
        QFETCH(QByteArrayList, request);
        QFETCH(QByteArrayList, stored);
        QFETCH(bool, notModified);
        const RequestOf client(request);
        const ResponseOf response(stored);
        const Validators validators = readValidators(response->fields, at(0));
        for (const uint16_t status : {uint16_t(200), uint16_t(206)})
            QCOMPARE(isNotModified(client->fields, status, validators, at(0), at(0)), notModified);
        // RFC 9110 section 13.2.1: only where the answer would otherwise be a success.
        for (const uint16_t status : {uint16_t(301), uint16_t(404), uint16_t(500)})
            QVERIFY(!isNotModified(client->fields, status, validators, at(0), at(0)));
        if (notModified)
            QVERIFY(hasCondition(client->fields));
    }

    void rfc9110_section_15_4_5_fieldsOf304_data() {
        QTest::addColumn<QByteArray>("name");
        QTest::addColumn<bool>("belongs");
        for (const char* name : {"Cache-Control", "Content-Location", "Date", "ETag", "Expires", "Vary", "Age",
                                 "Set-Cookie", "X-Anything", "Server"})
            QTest::newRow(name) << QByteArray(name) << true;
        for (const char* name : {"Content-Length", "Content-Type", "Content-Encoding", "content-language",
                                 "Content-Range", "Last-Modified"})
            QTest::newRow(name) << QByteArray(name) << false;
    }

    void rfc9110_section_15_4_5_fieldsOf304() {
        QFETCH(QByteArray, name);
        const http::Field field{viewOf(name), "x", http::fieldIdFromName(viewOf(name))};
        QTEST(belongsInNotModified(field, true), "belongs");
    }

    void rfc9110_section_15_4_5_lastModifiedWithoutTag() {
        QVERIFY(belongsInNotModified({"Last-Modified", "x", http::FieldId::LastModified}, false));
    }
};

QTEST_APPLESS_MAIN(TestConditional)
#include "test_conditional.moc"
