// SPDX-License-Identifier: MIT
#include "ui/main_window.h"

#include "ui/models/format.h"
#include "ui/pages/cache_page.h"
#include "ui/pages/clients_page.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/traffic_page.h"
#include "ui/widgets/header_bar.h"
#include "ui/widgets/message_strip.h"
#include "ui/widgets/navigation_rail.h"

#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QMenuBar>
#include <QMessageBox>
#include <QStatusBar>
#include <QVBoxLayout>

namespace reverxy::ui {

namespace {

constexpr int messageMs = 6000;

QString geometryKey() {
    return QStringLiteral("window/geometry");
}

QString pageKey() {
    return QStringLiteral("window/page");
}

} // namespace

MainWindow::MainWindow(api::EngineControl& control, QSettings& settings, QWidget* parent)
    : QMainWindow(parent), m_control(control), m_settings(settings), m_engine(control),
      m_header(new HeaderBar(m_engine, this)), m_problem(new MessageStrip(this)), m_rail(new NavigationRail(this)),
      m_pages(new QStackedWidget(this)), m_overview(new OverviewPage(control, m_engine, this)),
      m_traffic(new TrafficPage(this)), m_clients(new ClientsPage(control, this)),
      m_cache(new CachePage(control, this)), m_source(new QLabel(this)) {
    setWindowIcon(emblem());
    m_pages->addWidget(m_overview);
    m_pages->addWidget(m_traffic);
    m_pages->addWidget(m_clients);
    m_pages->addWidget(m_cache);
    m_rail->addPage(Sign::Overview, QStringLiteral("Overview"), QStringLiteral("Plots and backends (Ctrl+1)"));
    m_rail->addPage(Sign::Traffic, QStringLiteral("Traffic"), QStringLiteral("Recent requests (Ctrl+2)"));
    m_rail->addPage(Sign::Clients, QStringLiteral("Clients"),
                    QStringLiteral("Clients of the rate limiters (Ctrl+3)"));
    m_rail->addPage(Sign::Cache, QStringLiteral("Cache"), QStringLiteral("Stored responses (Ctrl+4)"));

    auto* centre = new QWidget(this);
    auto* body = new QHBoxLayout;
    body->setSpacing(0);
    body->addWidget(m_rail);
    body->addWidget(m_pages, 1);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_header);
    column->addWidget(m_problem);
    column->addLayout(body, 1);
    setCentralWidget(centre);
    statusBar()->addPermanentWidget(m_source);

    makeActions();
    makeViewActions();
    connect(m_rail, &NavigationRail::currentChanged, m_pages, &QStackedWidget::setCurrentIndex);
    connect(&control, &api::EngineControl::snapshotChanged, this, &MainWindow::showSnapshot);
    connect(&control, &api::EngineControl::exchangesFinished, m_traffic, &TrafficPage::add);
    connect(&m_engine, &EngineSwitch::changed, this, [this] {
        refreshProblem();
        refreshActions();
    });
    connect(&m_engine, &EngineSwitch::told, this,
            [this](const QString& message) { statusBar()->showMessage(message, messageMs); });
    connect(m_cache, &CachePage::told, this,
            [this](const QString& message) { statusBar()->showMessage(message, messageMs); });
    connect(m_problem, &MessageStrip::dismissed, &m_engine, &EngineSwitch::dismissError);
    restore();
    showSnapshot(control.snapshot());
}

MainWindow::~MainWindow() {
    if (m_watching)
        m_control.unwatch();
}

void MainWindow::makeActions() {
    QMenu* menu = menuBar()->addMenu(QStringLiteral("&Engine"));
    m_switchAction =
        menu->addAction(QString(), QKeySequence(Qt::CTRL | Qt::Key_E), &m_engine, &EngineSwitch::press);
    m_reloadAction = menu->addAction(QStringLiteral("&Reload the configuration"), QKeySequence(Qt::Key_F5),
                                     &m_engine, &EngineSwitch::reload);
    menu->addSeparator();
    m_copyAction = menu->addAction(
        QStringLiteral("&Copy the address"), QKeySequence(Qt::CTRL | Qt::SHIFT | Qt::Key_C), this, [this] {
            const QStringList& addresses = m_control.snapshot()->addresses;
            if (!addresses.isEmpty()) {
                QGuiApplication::clipboard()->setText(addresses.front());
                statusBar()->showMessage(QStringLiteral("Copied %1").arg(addresses.front()), messageMs);
            }
        });
    menu->addSeparator();
    QAction* quit = menu->addAction(QStringLiteral("&Quit"), QKeySequence::Quit, this, &QWidget::close);
    quit->setMenuRole(QAction::QuitRole);
}

void MainWindow::makeViewActions() {
    QMenu* menu = menuBar()->addMenu(QStringLiteral("&View"));
    menu->addAction(QStringLiteral("&Overview"), QKeySequence(Qt::CTRL | Qt::Key_1), this, [this] { setPage(0); });
    menu->addAction(QStringLiteral("&Traffic"), QKeySequence(Qt::CTRL | Qt::Key_2), this, [this] { setPage(1); });
    menu->addAction(QStringLiteral("&Clients"), QKeySequence(Qt::CTRL | Qt::Key_3), this, [this] { setPage(2); });
    menu->addAction(QStringLiteral("C&ache"), QKeySequence(Qt::CTRL | Qt::Key_4), this, [this] { setPage(3); });
    menu->addSeparator();
    menu->addAction(QStringLiteral("&Filter"), QKeySequence::Find, this, [this] {
        if (m_pages->currentWidget() == m_cache)
            return m_cache->beginFilter();
        setPage(1);
        m_traffic->beginFilter();
    });
    m_followAction = menu->addAction(QStringLiteral("Fo&llow the newest request"));
    m_followAction->setShortcut(QKeySequence(Qt::CTRL | Qt::Key_L));
    m_followAction->setCheckable(true);
    m_followAction->setChecked(true);
    connect(m_followAction, &QAction::triggered, m_traffic, &TrafficPage::setFollowing);
    connect(m_traffic, &TrafficPage::followingChanged, m_followAction, &QAction::setChecked);
    menu->addAction(QStringLiteral("Clea&r the requests"), m_traffic, &TrafficPage::clear);

    QMenu* help = menuBar()->addMenu(QStringLiteral("&Help"));
    QAction* about = help->addAction(QStringLiteral("&About Reverxy"), this, [this] {
        QMessageBox::about(this, QStringLiteral("About Reverxy"),
                           QStringLiteral("<b>Reverxy %1</b><p>A reverse proxy for local microservice "
                                          "development.</p><p>MIT licence</p>")
                               .arg(QStringLiteral(REVERXY_VERSION)));
    });
    about->setMenuRole(QAction::AboutRole);
    help->addAction(QStringLiteral("About &Qt"), qApp, &QApplication::aboutQt)->setMenuRole(QAction::AboutQtRole);
}

void MainWindow::showSnapshot(const api::SnapshotPointer& snapshot) {
    m_engine.show(snapshot);
    m_header->show(snapshot);
    m_overview->show(snapshot);
    m_traffic->show(snapshot);
    m_clients->show(snapshot);
    m_cache->show(snapshot);
    refreshProblem();
    refreshActions();
    const QString title = snapshot->addresses.isEmpty()
                              ? QStringLiteral("Reverxy")
                              : QStringLiteral("%1 – Reverxy").arg(snapshot->addresses.front());
    if (title != windowTitle())
        setWindowTitle(title);
    QStringList parts;
    parts << (snapshot->configurationPath.isEmpty() ? QStringLiteral("No configuration file: defaults")
                                                    : snapshot->configurationPath);
    if (snapshot->workers > 0)
        parts << countedText(snapshot->workers, QStringLiteral("worker"));
    if (!snapshot->probeAddress.isEmpty())
        parts << QStringLiteral("probes at %1").arg(snapshot->probeAddress);
    const QString source = parts.join(QStringLiteral("   ·   "));
    if (source != m_source->text())
        m_source->setText(source);
}

void MainWindow::refreshProblem() {
    const QString standing = m_control.snapshot()->problem;
    const QString failed = m_engine.error();
    // What lasts is told before what was; a failed command often says the same.
    m_problem->setMessage(standing.isEmpty() ? failed : standing, standing.isEmpty());
}

void MainWindow::refreshActions() {
    QString text = textOf(m_engine.offer());
    m_switchAction->setText(QLatin1Char('&') + text);
    m_switchAction->setEnabled(m_engine.isOffered());
    m_reloadAction->setEnabled(m_engine.canReload());
    m_copyAction->setEnabled(!m_control.snapshot()->addresses.isEmpty());
}

void MainWindow::setPage(int page) {
    m_rail->setCurrent(page);
}

void MainWindow::refreshWatch() {
    const bool seen = isVisible() && !isMinimized();
    if (seen == m_watching)
        return;
    m_watching = seen;
    if (seen)
        m_control.watch();
    else
        m_control.unwatch();
}

void MainWindow::restore() {
    if (!restoreGeometry(m_settings.value(geometryKey()).toByteArray()))
        resize(1180, 760);
    m_overview->restoreFrom(m_settings);
    m_traffic->restoreFrom(m_settings);
    m_clients->restoreFrom(m_settings);
    m_cache->restoreFrom(m_settings);
    setPage(m_settings.value(pageKey(), 0).toInt());
}

void MainWindow::changeEvent(QEvent* event) {
    QMainWindow::changeEvent(event);
    if (event->type() == QEvent::WindowStateChange)
        refreshWatch();
}

void MainWindow::closeEvent(QCloseEvent* event) {
    m_settings.setValue(geometryKey(), saveGeometry());
    m_settings.setValue(pageKey(), page());
    m_overview->saveTo(m_settings);
    m_traffic->saveTo(m_settings);
    m_clients->saveTo(m_settings);
    m_cache->saveTo(m_settings);
    event->accept();
    Q_EMIT closed();
}

void MainWindow::hideEvent(QHideEvent* event) {
    QMainWindow::hideEvent(event);
    refreshWatch();
}

void MainWindow::showEvent(QShowEvent* event) {
    QMainWindow::showEvent(event);
    refreshWatch();
}

} // namespace reverxy::ui
