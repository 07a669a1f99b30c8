import { type Command, Option } from 'commander';
import { settingGroups } from '../../app/options/settings/index.ts';
import { type CommandName, type Setting, saidOn } from '../../app/options/settings/setting.ts';
import { parsers } from './values.ts';

/** A command with the flags added that the table of settings gives it, each group under its heading. */
export function addSettings(command: Command, name: CommandName): Command {
  for (const { heading, settings } of settingGroups[name]) {
    if (heading !== undefined) command.optionsGroup(heading);
    for (const setting of Object.values(settings)) {
      if (setting.on.includes(name)) command.addOption(optionOf(setting, name));
    }
  }
  return command;
}

/** The flag of a setting, with the help and default that it has on a command. */
export function optionOf(setting: Setting, command: CommandName): Option {
  const defaultText = saidOn(command, setting.default);
  const aside = defaultText === undefined ? '' : ` (default: ${defaultText})`;
  const option = new Option(setting.flag, `${saidOn(command, setting.help) ?? ''}${aside}`);
  if (setting.choices !== undefined) option.choices(setting.choices);
  const parser = parsers[setting.value] as Parser | undefined;
  if (parser !== undefined) option.argParser(parser);
  return setting.preset === undefined ? option : option.default(setting.preset);
}

type Parser = (text: string, soFar: unknown) => unknown;
