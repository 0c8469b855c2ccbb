// SPDX-License-Identifier: MIT
#pragma once

#include <QTimer>
#include <QToolButton>

namespace reverxy::ui {

/// Puts a text on the clipboard, and says for a moment that it has.
class CopyButton : public QToolButton {
    Q_OBJECT
  public:
    explicit CopyButton(QWidget* parent = nullptr);

    void setCopied(const QString& text);

    QString copied() const { return m_copied; }

    QSize sizeHint() const override;

  protected:
    void changeEvent(QEvent* event) override;

  private:
    void copy();
    void refresh();

    QString m_copied;
    QTimer m_feedback;
};

} // namespace reverxy::ui
