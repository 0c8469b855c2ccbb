// SPDX-License-Identifier: MIT
#include "support/fake_engine_control.h"
#include "support/sample_cache.h"
#include "support/sample_engine.h"
#include "ui/main_window.h"
#include "ui/pages/cache_page.h"
#include "ui/palettes.h"
#include "ui/plots/time_plot.h"
#include "ui/widgets/following_list.h"
#include "ui/widgets/list_view.h"

#include <QApplication>
#include <QDir>
#include <QFontDatabase>
#include <QStyleFactory>
#include <QTemporaryDir>

#include <cstdio>

// Renders the window with realistic values into PNG files: reverxy_pictures FOLDER [light|dark] [SUFFIX]. The scale
// is Qt's own: QT_SCALE_FACTOR=2.

namespace {

using namespace reverxy;

class Studio {
  public:
    Studio(const QString& folder, const QString& suffix)
        : m_folder(folder), m_suffix(suffix),
          m_settings(m_temporary.filePath(QStringLiteral("settings.ini")), QSettings::IniFormat) {}

    /// A window with the sample's traffic in it, of `size`, on `page`.
    std::unique_ptr<ui::MainWindow> open(const api::EngineSnapshot& snapshot, const QSize& size, int page,
                                         int exchanges) {
        auto window = std::make_unique<ui::MainWindow>(m_control, m_settings);
        window->resize(size);
        window->setPage(page);
        window->show();
        if (exchanges > 0)
            m_control.finish(test::sampleExchanges(exchanges));
        m_control.show(snapshot);
        settle();
        return window;
    }

    bool save(QWidget& window, const char* name) {
        settle();
        const QString path = QDir(m_folder).filePath(QString::fromLatin1(name) + m_suffix + QStringLiteral(".png"));
        // Opaque and packed as tight as can be: the README shows some of them.
        if (window.grab().toImage().convertToFormat(QImage::Format_RGB888).save(path, "PNG", 0))
            return true;
        std::fprintf(stderr, "cannot write %s\n", qPrintable(path));
        return false;
    }

    test::FakeEngineControl& control() { return m_control; }

  private:
    static void settle() {
        for (int i = 0; i < 5; ++i)
            QCoreApplication::processEvents();
    }

    QString m_folder;
    QString m_suffix;
    QTemporaryDir m_temporary;
    QSettings m_settings;
    test::FakeEngineControl m_control;
};

/// The sample with a rate limiter that has refused some.
api::EngineSnapshot limitedSnapshot() {
    api::EngineSnapshot snapshot = test::sampleSnapshot();
    const auto client = [&snapshot](const char* key, uint32_t used, uint64_t allowed, uint64_t refused,
                                    int seconds) {
        api::LimitedClient values;
        values.key = QString::fromLatin1(key);
        values.used = used;
        values.limit = 100;
        values.resetMillis = used == 0 ? 0 : 21'400;
        values.throttled = used >= values.limit;
        values.requestsAllowed = allowed;
        values.requestsThrottled = refused;
        values.lastSeen = snapshot.taken.addSecs(-seconds);
        return values;
    };
    api::LimiterSnapshot limiter;
    limiter.name = QStringLiteral("global");
    limiter.clients = {client("198.51.100.200", 100, 1'204, 386, 0), client("127.0.0.1", 37, 102'338, 0, 1),
                       client("2001:db8:7::/64", 4, 61, 0, 9), client("192.0.2.14", 0, 12, 0, 84)};
    limiter.clientsKnown = limiter.clients.size();
    limiter.requestsThrottled = 386;
    snapshot.limiters = {limiter};
    return snapshot;
}

bool takeAll(const QString& folder, const QString& suffix) {
    bool saved = true;
    const QSize usual(1180, 760);
    const QSize small(1024, 640);
    {
        Studio studio(folder, suffix);
        const auto window = studio.open(test::sampleSnapshot(), usual, 0, 400);
        for (auto* plot : window->findChildren<ui::TimePlot*>())
            plot->pointAt(test::sampleTime().toSecsSinceEpoch() - 290);
        saved = studio.save(*window, "overview") && saved;
    }
    {
        Studio studio(folder, suffix);
        const auto window = studio.open(test::sampleSnapshot(), QSize(1480, 860), 1, 400);
        auto* list = window->findChild<ui::FollowingList*>();
        list->setCurrentIndex(list->model()->index(list->model()->rowCount() - 5, 0));
        saved = studio.save(*window, "traffic-large") && saved;
    }
    {
        Studio studio(folder, suffix);
        const auto window = studio.open(test::sampleSnapshot(), usual, 1, 400);
        auto* list = window->findChild<ui::FollowingList*>();
        for (int row = list->model()->rowCount() - 2; row > 0; --row) {
            if (list->model()->index(row, 5).data().toString().contains(QStringLiteral("attempts"))) {
                list->setCurrentIndex(list->model()->index(row, 0));
                break;
            }
        }
        saved = studio.save(*window, "traffic") && saved;
        window->resize(small);
        saved = studio.save(*window, "traffic-small") && saved;
        window->setPage(0);
        saved = studio.save(*window, "overview-small") && saved;
    }
    {
        Studio studio(folder, suffix);
        const auto window = studio.open(test::sampleSnapshot(), usual, 3, 0);
        studio.control().list(test::sampleCachePage());
        for (auto* list : window->findChild<ui::CachePage*>()->findChildren<ui::ListView*>()) {
            if (list->accessibleName() == QLatin1String("Stored responses"))
                list->setCurrentIndex(list->model()->index(9, 0));
        }
        saved = studio.save(*window, "cache") && saved;
        window->resize(small);
        saved = studio.save(*window, "cache-small") && saved;
    }
    {
        Studio studio(folder, suffix);
        const auto window = studio.open(limitedSnapshot(), usual, 2, 0);
        saved = studio.save(*window, "clients") && saved;
    }
    const std::pair<const char*, api::EngineSnapshot> states[] = {{"empty", test::emptySnapshot()},
                                                                  {"failed", test::failedSnapshot()},
                                                                  {"stopped", test::stoppedSnapshot()},
                                                                  {"waiting", {}}};
    for (const auto& [name, snapshot] : states) {
        Studio studio(folder, suffix);
        const auto window = studio.open(snapshot, usual, 0, 0);
        saved = studio.save(*window, name) && saved;
        window->setPage(1);
        saved = studio.save(*window, QByteArray(name).append("-traffic").constData()) && saved;
        window->setPage(3);
        saved = studio.save(*window, QByteArray(name).append("-cache").constData()) && saved;
    }
    return saved;
}

} // namespace

int main(int argc, char** argv) {
    QApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() < 2) {
        std::fputs("usage: reverxy_pictures FOLDER [light|dark] [SUFFIX]\n", stderr);
        return 2;
    }
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    if (arguments.value(2) == QLatin1String("dark"))
        QApplication::setPalette(test::darkPalette());
    return takeAll(arguments[1], arguments.value(3)) ? 0 : 1;
}
