// SPDX-License-Identifier: MIT
#include "config/reference.h"

#include "config/settings.h"
#include "reading.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <algorithm>

using namespace reverxy;
using namespace reverxy::config;

namespace {

QByteArray resource(const char* name) {
    return QByteArray::fromStdString(fileText((std::string(REVERXY_RESOURCES "/") + name).c_str()));
}

/// The commented default with what is switched off switched on: `#` goes where no single space follows it.
QByteArray switchedOn(const QByteArray& text) {
    QByteArray result;
    for (QByteArray line : text.split('\n')) {
        const QByteArray rest = line.trimmed().mid(1);
        const bool prose = rest.isEmpty() || (rest.startsWith(' ') && !rest.startsWith("  "));
        if (line.trimmed().startsWith('#') && !prose)
            line.remove(line.indexOf('#'), 1);
        result += line + '\n';
    }
    return result;
}

} // namespace

// What is made from the table, and what is written beside it, say what the table says.
class TestReference : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void referencePageIsUpToDate() {
        QVERIFY2(resource("config.reference.md").toStdString() == referencePage(),
                 "build reverxy_reference and run it as tests/config/CMakeLists.txt says");
    }

    void schemaIsUpToDate() {
        QVERIFY2(resource("config.schema.json").toStdString() == jsonSchema(),
                 "build reverxy_reference and run it as tests/config/CMakeLists.txt says");
    }

    void referencePageHasEverySetting() {
        const std::string page = referencePage();
        for (const Setting& setting : settings()) {
            std::string path = pathOf(setting);
            if (const size_t list = path.find("[]"); list != std::string::npos)
                path.replace(list, 2, "[0]");
            QVERIFY2(page.find("`" + environmentNameOf(path) + "`") != std::string::npos, path.c_str());
            QVERIFY2(page.find(std::string(setting.help.substr(0, 20))) != std::string::npos, path.c_str());
        }
    }

    void schemaHasEverySettingAndLeadsSomewhere() {
        QJsonParseError error;
        const QJsonObject schema =
            QJsonDocument::fromJson(QByteArray::fromStdString(jsonSchema()), &error).object();
        QCOMPARE(error.error, QJsonParseError::NoError);
        QCOMPARE(schema.value(QStringLiteral("$schema")).toString(),
                 QStringLiteral("https://json-schema.org/draft/2020-12/schema"));
        const QJsonObject definitions = schema.value(QStringLiteral("$defs")).toObject();
        qsizetype properties = 0;
        for (const QJsonValue& definition : definitions) {
            QCOMPARE(definition.toObject().value(QStringLiteral("additionalProperties")), QJsonValue(false));
            properties += definition.toObject().value(QStringLiteral("properties")).toObject().size();
        }
        const auto inside = std::count_if(config::children().begin(), config::children().end(),
                                          [](const Child& c) { return c.parent != Group::Root; });
        QCOMPARE(size_t(properties), settings().size() + size_t(inside) + aliases().size());
        const QByteArray text = QByteArray::fromStdString(jsonSchema());
        for (qsizetype at = text.indexOf("#/$defs/"); at >= 0; at = text.indexOf("#/$defs/", at + 1)) {
            const QByteArray name = text.mid(at + 8, text.indexOf('"', at) - at - 8);
            QVERIFY2(definitions.contains(QString::fromUtf8(name)), name);
        }
    }

    void defaultFileIsTheDefaults() {
        const Reading reading = readText(resource("config.default.yaml").toStdString());
        QVERIFY2(reading.config, problemsOf(reading));
        QVERIFY(*reading.config == *readText("").config);
    }

    void defaultFileMentionsEveryKey() {
        const Reading reading = readText(switchedOn(resource("config.default.yaml")).toStdString());
        QVERIFY2(reading.config, problemsOf(reading));
        for (const Setting& setting : settings()) {
            std::string path = pathOf(setting);
            if (const size_t list = path.find("[]"); list != std::string::npos)
                path.replace(list, 2, "[0]");
            QVERIFY2(reading.sources.contains(path), path.c_str());
        }
        for (const Child& child : config::children()) {
            const bool mentioned = std::any_of(reading.sources.begin(), reading.sources.end(),
                                               [&](const auto& entry) { return entry.first.ends_with(child.key); });
            QVERIFY2(mentioned, std::string(child.key).c_str());
        }
    }
};

QTEST_APPLESS_MAIN(TestReference)
#include "test_reference.moc"
