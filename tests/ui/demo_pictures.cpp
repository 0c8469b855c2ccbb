// SPDX-License-Identifier: MIT
#include "app/demo/demo.h"
#include "app/demo/presenter.h"
#include "local_engine_control.h"
#include "ui/main_window.h"
#include "ui/palettes.h"
#include "ui/widgets/following_list.h"

#include <QApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QStyleFactory>
#include <QTemporaryDir>

#include <algorithm>
#include <cstdio>

// Runs the demo with its window and takes the pictures that the README shows: reverxy_demo_pictures FOLDER. That
// takes a minute or two: until there is some past to see, a backend is out, and a request was tried twice.

namespace {

using namespace reverxy;

constexpr qint64 past = 75'000;     // milliseconds
constexpr qint64 longest = 240'000; // by then whatever there is will do

bool isSomebodyDown(const api::EngineSnapshot& snapshot) {
    return std::any_of(snapshot.pools.begin(), snapshot.pools.end(), [](const api::PoolSnapshot& pool) {
        return std::any_of(pool.backends.begin(), pool.backends.end(),
                           [](const api::BackendSnapshot& backend) { return backend.health == api::Health::Down; });
    });
}

/// The newest request that was tried more than once; invalid when there is none.
QModelIndex triedAgain(const ui::FollowingList& list) {
    const QAbstractItemModel& model = *list.model();
    for (int row = model.rowCount() - 1; row >= 0; --row) {
        if (model.index(row, 5).data().toString().contains(QStringLiteral("attempts")))
            return model.index(row, 0);
    }
    return {};
}

template <typename Condition>
void waitUntil(Condition condition, qint64 longestWait) {
    QElapsedTimer waited;
    waited.start();
    while (!condition() && !waited.hasExpired(longestWait))
        QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents, 200);
}

bool save(QWidget& window, const QString& folder, const char* name) {
    for (int i = 0; i < 5; ++i)
        QCoreApplication::processEvents();
    const QString path = QDir(folder).filePath(QLatin1String(name) + QStringLiteral(".png"));
    if (window.grab().toImage().convertToFormat(QImage::Format_RGB888).save(path, "PNG", 0))
        return true;
    std::fprintf(stderr, "cannot write %s\n", qPrintable(path));
    return false;
}

bool takeAll(api::EngineControl& control, QSettings& settings, const QString& folder) {
    ui::MainWindow window(control, settings);
    window.resize(1180, 760);
    window.show();
    waitUntil([] { return false; }, past);
    const QPalette light = QApplication::palette();
    bool saved = true;

    window.setPage(1);
    auto* list = window.findChild<ui::FollowingList*>();
    waitUntil([&] { return triedAgain(*list).isValid(); }, longest);
    list->setCurrentIndex(triedAgain(*list));
    saved = save(window, folder, "traffic-light") && saved;

    window.setPage(0);
    waitUntil([&] { return isSomebodyDown(*control.snapshot()); }, longest);
    waitUntil([] { return false; }, 3'000); // until the plots show what that meant
    saved = save(window, folder, "overview-light") && saved;
    QApplication::setPalette(test::darkPalette());
    saved = save(window, folder, "overview-dark") && saved;
    QApplication::setPalette(light);
    return saved;
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() != 2) {
        std::fputs("usage: reverxy_demo_pictures FOLDER\n", stderr);
        return 2;
    }
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    const QTemporaryDir temporary;
    QSettings settings(temporary.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat);

    demo::Demo demo(7);
    if (const auto problem = demo.start()) {
        std::fprintf(stderr, "%s\n", qPrintable(*problem));
        return 1;
    }
    NameTable names;
    observe::Log log([](std::string_view) {}, names);
    LocalEngineControl control(
        [&demo] {
            ConfigurationReading reading;
            reading.config = demo::demoConfiguration(demo.ports(), {}, {}).config;
            reading.path = QStringLiteral("the demo's own configuration");
            return reading;
        },
        log, names);
    const demo::Presenter presenter({demo.ports(),
                                     [&demo](const QString& host, uint16_t port) { demo.sendTraffic(host, port); },
                                     [&demo] { demo.stopTraffic(); }},
                                    control, demo::LiveLines::No, [](const QString&) {});
    control.send(api::StartEngine{});
    return takeAll(control, settings, arguments[1]) ? 0 : 1;
}
