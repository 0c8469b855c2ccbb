// SPDX-License-Identifier: MIT
#include "app/file_system.h"

#include "app/config_file.h"
#include "config/yaml_tree.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace reverxy;
using app::FileSystem;
using app::LocalFileSystem;

class TestFileSystem : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void makesAndReadsAFile() {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("a/b/config.yaml")).toStdString();
        LocalFileSystem files;
        QCOMPARE(files.read(path).status, FileSystem::Status::Missing);
        QCOMPARE(files.create(path, "proxy: {}\n"), std::string());
        const FileSystem::File file = files.read(path);
        QCOMPARE(file.status, FileSystem::Status::Read);
        QCOMPARE(file.text, std::string("proxy: {}\n"));
    }

    void neverWritesOverAFile() {
        const QTemporaryDir folder;
        const std::string path = folder.filePath(QStringLiteral("config.yaml")).toStdString();
        LocalFileSystem files;
        QCOMPARE(files.create(path, "mine"), std::string());
        QVERIFY(!files.create(path, "yours").empty());
        QCOMPARE(files.read(path).text, std::string("mine"));
    }

    void tellsAFolderFromAFile() {
        const QTemporaryDir folder;
        LocalFileSystem files;
        QCOMPARE(files.read(folder.path().toStdString()).status, FileSystem::Status::Directory);
        QVERIFY(!files.create(folder.path().toStdString(), "x").empty());
        // A file where a folder would have to be.
        const std::string file = folder.filePath(QStringLiteral("file")).toStdString();
        QCOMPARE(files.create(file, "x"), std::string());
        QVERIFY(!files.create(file + "/config.yaml", "x").empty());
    }

    void readsNoMoreThanAConfigurationCanHave() {
        if (!QFile::exists(QStringLiteral("/dev/zero")))
            QSKIP("there is no endless device here");
        LocalFileSystem files;
        const FileSystem::File file = files.read("/dev/zero");
        QCOMPARE(file.status, FileSystem::Status::Read);
        QVERIFY(file.text.size() > config::longestDocument);
        QVERIFY(file.text.size() < config::longestDocument + 64 * 1024);
    }

    void saysWhyAFileCannotBeRead() {
        const QTemporaryDir folder;
        const QString path = folder.filePath(QStringLiteral("config.yaml"));
        LocalFileSystem files;
        QCOMPARE(files.create(path.toStdString(), "x"), std::string());
        QVERIFY(QFile::setPermissions(path, QFileDevice::Permissions()));
        QFile file(path);
        if (file.open(QIODevice::ReadOnly))
            QSKIP("this user may read everything");
        const FileSystem::File read = files.read(path.toStdString());
        QCOMPARE(read.status, FileSystem::Status::Unreadable);
        QVERIFY(!read.reason.empty());
    }

    // The whole way once, over the disk.
    void loadsFromTheDisk() {
        const QTemporaryDir folder;
        const config::Environment environment{
            {"CONFIG_PATH", folder.filePath(QStringLiteral("x.yaml")).toStdString()}};
        QVERIFY(!app::loadConfiguration({}, environment).config);
        QCOMPARE(LocalFileSystem().create(environment.at("CONFIG_PATH"), "proxy: { retries: 7 }\n"), std::string());
        const app::LoadedConfig loaded = app::loadConfiguration({}, environment);
        QVERIFY(loaded.config);
        QCOMPARE(loaded.config->proxy.retries, 7u);
        QVERIFY(app::reloadConfiguration(loaded, {}, environment).config);
    }
};

QTEST_APPLESS_MAIN(TestFileSystem)
#include "test_file_system.moc"
