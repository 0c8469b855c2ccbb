// SPDX-License-Identifier: MIT
#include "config/yaml_tree.h"

#include "config/character_offsets.h"

#include <QTest>

#include <functional>

using namespace reverxy::config;

namespace {

std::string_view cut(std::string_view text, const Mark& start, const Mark& end) {
    return text.substr(start.offset, end.offset - start.offset);
}

const Node* find(const Node& mapping, std::string_view key) {
    for (const Node& item : mapping.items) {
        if (item.key == key)
            return &item;
    }
    return nullptr;
}

QByteArray placesOf(const YamlTree& tree) {
    QByteArray text;
    for (const YamlProblem& problem : tree.problems)
        text += QByteArray::number(problem.at.line) + ':' + QByteArray::number(problem.at.column) + ' ' +
                QByteArray::fromStdString(problem.key.empty() ? problem.message
                                                              : problem.key + ": " + problem.message) +
                '\n';
    return text;
}

} // namespace

class TestYamlTree : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void readsTheKindsOfValues() {
        const YamlTree tree =
            parseYaml("a: 1\nb: \"1\"\nc: [x, y]\nd: { e: f }\ng:\nh: ~\ni: \"\"\nj: !!str 5\nk: |\n  text\n");
        QVERIFY2(tree.complete && tree.problems.empty(), placesOf(tree));
        const Node& root = tree.root;
        QCOMPARE(root.kind, Node::Kind::Mapping);
        QCOMPARE(root.items.size(), size_t(9));
        QCOMPARE(find(root, "a")->text, std::string("1"));
        QVERIFY(!find(root, "a")->quotedText);
        QVERIFY(find(root, "b")->quotedText);
        QCOMPARE(find(root, "c")->kind, Node::Kind::Sequence);
        QCOMPARE(find(root, "c")->items[1].text, std::string("y"));
        QCOMPARE(find(*find(root, "d"), "e")->text, std::string("f"));
        QCOMPARE(find(root, "g")->kind, Node::Kind::Null);
        QCOMPARE(find(root, "h")->kind, Node::Kind::Null);
        QCOMPARE(find(root, "i")->kind, Node::Kind::Scalar);
        QVERIFY(find(root, "j")->quotedText);
        QCOMPARE(find(root, "k")->text, std::string("text\n"));
    }

    void readsNothing_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("a comment") << QByteArray("# nothing\n");
        QTest::newRow("only a mark") << QByteArray("\xEF\xBB\xBF");
        QTest::newRow("an empty document") << QByteArray("---\n...\n");
    }

    void readsNothing() {
        QFETCH(QByteArray, text);
        const YamlTree tree = parseYaml(std::string_view(text.data(), size_t(text.size())));
        QVERIFY2(tree.complete && tree.problems.empty(), placesOf(tree));
        QCOMPARE(tree.root.kind, Node::Kind::Null);
    }

    // libyaml counts characters; text is cut by bytes. Umlauts, a sign of four bytes, CR LF and a byte order mark
    // stand in front.
    void offsetsCountBytes_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("ASCII") << QByteArray("# note\nname: value # end\nother: [one, 'two']\n");
        QTest::newRow("two bytes") << QByteArray("# Gr\xC3\xB6\xC3\x9F"
                                                 "e\nname: value # end\nother: [one, 'two']\n");
        QTest::newRow("four bytes") << QByteArray(
            "# \xF0\x9F\x98\x80\nname: value # \xF0\x9F\x98\x80\nother: [one, 'two']\n");
        QTest::newRow("CR LF") << QByteArray("# \xC3\xB6\r\nname: value # end\r\nother: [one, 'two']\r\n");
        QTest::newRow("byte order mark")
            << QByteArray("\xEF\xBB\xBF# \xC3\xB6\nname: value # end\nother: [one, 'two']\n");
        QTest::newRow("long") << QByteArray("# ") + QByteArray("\xC3\xB6").repeated(1000) +
                                     "\nname: value # end\nother: [one, 'two']\n";
    }

    void offsetsCountBytes() {
        QFETCH(QByteArray, text);
        const std::string_view view(text.data(), size_t(text.size()));
        const YamlTree tree = parseYaml(view);
        QVERIFY2(tree.complete && tree.problems.empty(), placesOf(tree));
        const Node* name = find(tree.root, "name");
        QVERIFY(name);
        QCOMPARE(cut(view, name->keyStart, name->keyEnd), std::string_view("name"));
        QCOMPARE(cut(view, name->start, name->end), std::string_view("value"));
        QCOMPARE(name->start.line, 2u);
        QCOMPARE(name->start.column, 7u);
        const Node* other = find(tree.root, "other");
        QCOMPARE(cut(view, other->start, other->end), std::string_view("[one, 'two']"));
        QCOMPARE(cut(view, other->items[0].start, other->items[0].end), std::string_view("one"));
        QCOMPARE(cut(view, other->items[1].start, other->items[1].end), std::string_view("'two'"));
    }

    // Every scalar of a longer text with wide characters in keys, values and comments can be cut out again.
    void everyScalarCanBeCutOut() {
        std::string text;
        for (int i = 0; i < 400; ++i)
            text += "k\xC3\xA9y" + std::to_string(i) + ": v\xE2\x82\xAClue" + std::to_string(i) +
                    " # \xF0\x9F\x98\x80\n";
        const YamlTree tree = parseYaml(text);
        QVERIFY2(tree.complete && tree.problems.empty(), placesOf(tree));
        QCOMPARE(tree.root.items.size(), size_t(400));
        for (const Node& item : tree.root.items) {
            QCOMPARE(cut(text, item.start, item.end), std::string_view(item.text));
            QCOMPARE(cut(text, item.keyStart, item.keyEnd), std::string_view(item.key));
        }
    }

    void columnsCountCharacters() {
        const YamlTree tree = parseYaml("{ \"\xC3\xB6\xC3\xB6\": x, x: y }");
        QCOMPARE(find(tree.root, "x")->keyStart.column, 12u);
        QCOMPARE(find(tree.root, "x")->keyStart.offset, size_t(13));
    }

    void refuses_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("begin"); // of the first problem, with its place
        QTest::addColumn<bool>("complete");
        const auto row = [](const char* name, const QByteArray& text, const char* begin, bool complete) {
            QTest::newRow(name) << text << QByteArray(begin) << complete;
        };
        row("duplicate key", "a: 1\nb: 2\na: 3\n", "3:1 a: was already written in line 1", true);
        row("duplicate key in quotes", "a: 1\n\"a\": 3\n", "2:1 a: was already written in line 1", true);
        row("alias", "a: *x\n", "1:4 a: uses an alias", true);
        row("anchor", "a: &x 1\n", "1:4 a: has an anchor", true);
        row("anchor of a section", "a: &x\n  b: 1\n", "1:4 a: has an anchor", true);
        row("merge key", "a: 1\n<<: *x\n", "2:5 <<: uses an alias", true);
        row("tag", "a: !ruby 1\n", "1:4 a: has the tag `!ruby`", true);
        row("tag of a section", "a: !!set { x }\n", "1:4 a: has the tag", true);
        row("deep", "pools:\n  web:\n    backends:\n      - {}\n      - { url: x, url: y }\n",
            "5:19 pools.web.backends[1].url: was already written in line 5", true);
        row("key that is a list", "? [a]\n: 1\n", "1:3 is no key", true);
        row("second document", "a: 1\n---\nb: 1\n", "2:1 a second document", false);
        row("tab", "a:\n\tb: 1\n", "2:1 is not valid YAML: a tab", false);
        row("open bracket", "a: [1,\nb: 2\n", "3:1 a: is not valid YAML", false);
        row("open quote", "a: \"x\n", "2:1 is not valid YAML", false);
        row("stray text", "a: 1\nb\n", "3:1 is not valid YAML", false);
        row("not UTF-8", "a: 1\n\xC3\xB6: \xFF\n", "2:4 is not UTF-8", false);
        row("Latin-1",
            "a: gr\xFC"
            "n\n",
            "1:6 is not UTF-8", false);
        row("UTF-16",
            QByteArray("\xFF\xFE"
                       "a\0",
                       4),
            "1:1 is not UTF-8", false);
        row("overlong", "a: \xC0\xAF\n", "1:4 is not UTF-8", false);
        row("cut off", "a: \xE2\x82", "1:4 is not UTF-8", false);
        row("NUL", QByteArray("a: b\0c\n", 7), "1:5 holds a control character", false);
        row("escape", "a: \x1b[31m\n", "1:4 holds a control character", false);
    }

    void refuses() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, begin);
        QFETCH(bool, complete);
        const YamlTree tree = parseYaml(std::string_view(text.data(), size_t(text.size())));
        QCOMPARE(tree.complete, complete);
        QVERIFY2(placesOf(tree).startsWith(begin), placesOf(tree));
    }

    void saysHowAddressesAreWritten() {
        for (const char* text : {"a: [::1]\n", "b: 1\na: ::\nc: 2\n"}) {
            const YamlTree tree = parseYaml(text);
            QVERIFY(!tree.complete);
            QVERIFY2(placesOf(tree).contains("an IPv6 address stands in quotes"), placesOf(tree));
        }
        QVERIFY(!placesOf(parseYaml("a: [1\n")).contains("IPv6"));
    }

    void tellsAllDuplicates() {
        const YamlTree tree = parseYaml("a: { b: 1, b: 2 }\nc: 1\nc: 2\nc: 3\n");
        QCOMPARE(tree.problems.size(), size_t(3));
        QCOMPARE(find(tree.root, "c")->text, std::string("1"));
    }

    void isBounded_data() {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("deep in brackets") << QByteArray(100'000, '[') << QByteArray("nested too deep");
        QTest::newRow("deep in braces") << QByteArray("{a: ").repeated(100'000) << QByteArray("nested too deep");
        QTest::newRow("deep in dashes") << QByteArray("- ").repeated(100'000) << QByteArray("nested too deep");
        QTest::newRow("wide") << "[" + QByteArray("1,").repeated(150'000) + "]" << QByteArray("too full");
        QTest::newRow("long") << QByteArray("# ") + QByteArray(5 << 20, 'x') << QByteArray("too long");
    }

    void isBounded() {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, message);
        const YamlTree tree = parseYaml(std::string_view(text.data(), size_t(text.size())));
        QVERIFY(!tree.complete);
        QVERIFY2(placesOf(tree).contains(message), placesOf(tree));
    }

    void deepestNestingIsStillRead() {
        std::string text(deepestNesting, '[');
        text += std::string(deepestNesting, ']');
        QVERIFY(parseYaml(text).complete);
        QVERIFY(!parseYaml("[[" + text + "]]").complete);
    }

    void translatesCharactersToBytes() {
        const std::string_view text = "a\xC3\xB6\xF0\x9F\x98\x80z";
        const CharacterOffsets offsets(text);
        QCOMPARE(offsets.byteOf(0), size_t(0));
        QCOMPARE(offsets.byteOf(1), size_t(1));
        QCOMPARE(offsets.byteOf(2), size_t(3));
        QCOMPARE(offsets.byteOf(3), size_t(7));
        QCOMPARE(offsets.byteOf(4), text.size());
        QCOMPARE(offsets.byteOf(400), text.size());
    }
};

QTEST_APPLESS_MAIN(TestYamlTree)
#include "test_yaml_tree.moc"
