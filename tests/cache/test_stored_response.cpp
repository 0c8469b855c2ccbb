// SPDX-License-Identifier: MIT
#include "cache/stored_text.h"

#include <QTest>

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;
using namespace std::string_literals;

namespace {

/// A chain of blocks that holds `text`, `blockSize` bytes a block.
SharedRef<BodyBlock> chain(std::string_view text, uint32_t blockSize) {
    auto first = BodyBlock::make(blockSize);
    SharedRef<BodyBlock> last = first;
    for (text.remove_prefix(last->append(text)); !text.empty(); text.remove_prefix(last->append(text))) {
        last->setNext(BodyBlock::make(blockSize));
        last = last->next();
    }
    return first;
}

} // namespace

class TestStoredResponse : public QObject {
    Q_OBJECT

  private Q_SLOTS:

    void bookkeepingIsSmall() { QVERIFY(sizeof(StoredResponse) <= 128); }

    void everythingIsKeptApart() {
        StoredFacts facts;
        facts.status = 404;
        facts.lifetime = 60;
        const auto response =
            stored("key", "body", "Accept: text/html\r\n", {{"ETag", "\"a:b\""}, {"X-Empty", ""}}, facts);
        QCOMPARE(std::string(response->key()), "key"s);
        QCOMPARE(std::string(response->selecting()), "Accept: text/html\r\n"s);
        QCOMPARE(std::string(response->fields().lines()), "ETag: \"a:b\"\r\nX-Empty: \r\n"s);
        QCOMPARE(response->facts().status, uint16_t(404));
        QCOMPARE(response->facts().lifetime, 60u);
        QCOMPARE(response->bodySize(), uint64_t(4));
        QCOMPARE(bodyText(BodySlices(*response)), "body"s);
    }

    void fieldsAreReadBack() {
        const auto response = stored("k", "", "", {{"ETag", "\"a: b\""}, {"x-Own", "1"}, {"Vary", ""}});
        std::string seen;
        for (const http::Field& field : response->fields())
            seen += std::string(field.name) + "=" + std::string(field.value) + ";";
        QCOMPARE(seen, "ETag=\"a: b\";x-Own=1;Vary=;"s);
        QCOMPARE(std::string(response->fields().find(http::FieldId::ETag)), "\"a: b\""s);
        QVERIFY(response->fields().find(http::FieldId::Vary).data() != nullptr);
        QVERIFY(response->fields().find(http::FieldId::Age).data() == nullptr);
        QVERIFY(FieldBlock().begin() == FieldBlock().end());
    }

    void partsOfABody_data() {
        QTest::addColumn<int>("blockSize"); // 0: inline
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("size");
        for (const int blockSize : {0, 1, 3, 10, 100}) {
            for (const auto& [first, size] : {std::pair{0, 10}, {0, 3}, {3, 3}, {2, 7}, {9, 1}, {10, 0}, {5, 0}})
                QTest::addRow("blocks of %d, %d from %d", blockSize, size, first) << blockSize << first << size;
        }
    }

    void partsOfABody() {
        QFETCH(int, blockSize);
        QFETCH(int, first);
        QFETCH(int, size);
        const std::string text = "0123456789";
        SharedRef<StoredResponse> response = stored("k", blockSize == 0 ? text : "");
        if (blockSize > 0)
            response->setBody(chain(text, static_cast<uint32_t>(blockSize)), text.size(), 0);
        const BodySlices slices(*response, static_cast<uint64_t>(first), static_cast<uint64_t>(size));
        QCOMPARE(bodyText(slices), text.substr(static_cast<size_t>(first), static_cast<size_t>(size)));
    }

    void aPieceOutlivesTheResponse() {
        SharedRef<StoredResponse> response = stored("k", "still here");
        Piece piece;
        QVERIFY(BodySlices(*response).next(piece));
        const SharedRef<const SharedBytes> keep(piece.shared);
        response.reset();
        QCOMPARE(std::string(piece.bytes), "still here"s);
    }

    void freshenedKeepsTheBody_data() {
        QTest::addColumn<bool>("inlineBody");
        QTest::newRow("inline") << true;
        QTest::newRow("blocks") << false;
    }

    void freshenedKeepsTheBody() {
        QFETCH(bool, inlineBody);
        SharedRef<StoredResponse> old = stored("k", inlineBody ? "the body" : "", "A: b\r\n", {{"ETag", "1"}});
        if (!inlineBody)
            old->setBody(chain("the body", 3), 8, 100);
        StoredFacts facts;
        facts.lifetime = 7;
        const uint64_t footprint = old->footprint();
        const auto made = StoredResponse::makeFreshened(*old, old->selecting(), fieldList({{"ETag", "2"}}), facts);
        old.reset();
        QCOMPARE(std::string(made->key()), "k"s);
        QCOMPARE(std::string(made->selecting()), "A: b\r\n"s);
        QCOMPARE(std::string(made->fields().lines()), "ETag: 2\r\n"s);
        QCOMPARE(bodyText(BodySlices(*made)), "the body"s);
        QCOMPARE(made->facts().lifetime, 7u);
        QCOMPARE(made->footprint(), footprint);
    }

    void aLongChainIsFreedWithoutRecursion() {
        SharedRef<BodyBlock> first = chain(std::string(300'000, 'x'), 1);
        const SharedRef<BodyBlock> second = first->next();
        first.reset();
        QCOMPARE(second->bytes().size(), size_t(1));
    }
};

QTEST_APPLESS_MAIN(TestStoredResponse)
#include "test_stored_response.moc"
